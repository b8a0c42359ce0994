import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@panoptes/core';
import { afterAll, describe, expect, it } from 'vitest';
import { improvementOf, readBaseline } from './baseline.js';
import { documentOf, rowOf } from './bench-rows.fixture.js';

const directory = mkdtempSync(join(tmpdir(), 'panoptes-baseline-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(content: unknown): string {
  const file = join(directory, 'baseline.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const machine = { node: 'v20.19.0', cores: 2, cpu: 'Abacus 3000' };

describe('a baseline', () => {
  it('of the same kind of machine is taken, whatever the minor version of Node', () => {
    const rows = [rowOf({ median: 7 })];
    expect(readBaseline(fileOf(documentOf(rows)), machine).rows).toEqual(rows);
  });

  it.each([
    [{ cpu: 'Abacus 4000' }, 'processor Abacus 3000, not Abacus 4000'],
    [{ cores: 64 }, '2 cores, not 64'],
    [{ node: 'v24.1.0' }, 'Node v20.20.2, not v24.1.0'],
  ])('of a machine other than %j is refused', (other, words) => {
    const read = () => readBaseline(fileOf(documentOf([])), { ...machine, ...other });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(words);
  });

  it.each([
    ['not json', 'is no JSON'],
    [{ ...documentOf([]), schema: 'panoptes.bench/0' }, "option 'schema'"],
    [{ ...documentOf([]), rows: [{ suite: 'fanout' }] }, "option 'rows.0.metric'"],
  ])('that is no document of a benchmark is refused: %j', (content, words) => {
    const read = () => readBaseline(fileOf(content), machine);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(words);
  });

  it('that is missing is refused by name', () => {
    expect(() => readBaseline(join(directory, 'none.json'), machine)).toThrow(
      /--baseline: .*none\.json cannot be read/,
    );
  });
});

describe('change since a baseline', () => {
  const baseline = { rows: [rowOf({ median: 100 }), rowOf({ median: 40, suite: 'idle' })] };

  it('is better with more where more is better, and with less where less is', () => {
    expect(improvementOf(rowOf({ median: 150 }), baseline)).toBeCloseTo(0.5);
    expect(improvementOf(rowOf({ median: 50 }), baseline)).toBeCloseTo(-0.5);
    const idle = rowOf({ suite: 'idle', better: 'less', median: 20 });
    expect(improvementOf(idle, baseline)).toBeCloseTo(1);
  });

  it('is unknown for a row that the baseline has not', () => {
    expect(improvementOf(rowOf({ observers: 11 }), baseline)).toBeUndefined();
    expect(improvementOf(rowOf({ peers: 11 }), baseline)).toBeUndefined();
  });
});
