import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { OutputError } from '../output/output-error.js';
import { type SweepFigures, SweepJournal } from './sweep-journal.js';

const source = { file: 'a.yaml', text: 'version: 1', overrides: [] };
const folder = (): string => mkdtempSync(join(tmpdir(), 'panoptes-sweep-'));
const figures = (mean: number): SweepFigures =>
  ({
    verdict: 'pass',
    durationMs: 5,
    peers: { mean },
    thresholds: [],
    logDigest: `log ${mean}`,
  }) as unknown as SweepFigures;
/** A result of which something is wrong. */
const lineWith = (part: object): string =>
  JSON.stringify({ index: 1, seed: '1', run: { ...figures(1), ...part } });

describe('a journal', () => {
  it('holds what was added when it is opened again, a torn last line aside', () => {
    const directory = folder();
    const first = SweepJournal.open(directory, source, false);
    first.add({ index: 0, seed: '1', run: figures(1) });
    first.add({ index: 1, seed: '2', failure: 'took too long' });
    const file = join(directory, 'journal.jsonl');
    appendFileSync(file, '{"index":2,"seed":"3","ru');
    const second = SweepJournal.open(directory, source, false);
    // What failed is run again.
    expect([...second.results.keys()]).toEqual([0]);
    second.add({ index: 2, seed: '3', run: figures(3) });
    expect([...SweepJournal.open(directory, source, false).results.keys()]).toEqual([0, 2]);
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  it('that was removed meanwhile is a typed error, and none is begun in its place', () => {
    const directory = folder();
    const journal = SweepJournal.open(directory, source, false);
    rmSync(directory, { recursive: true });
    expect(() => journal.add({ index: 0, seed: '1', run: figures(1) })).toThrow(OutputError);
    mkdirSync(directory);
    expect(() => journal.add({ index: 0, seed: '1', run: figures(1) })).toThrow(OutputError);
    expect(journal.results.size).toBe(0);
  });

  it('of another scenario is refused, and forgotten only on request', () => {
    const directory = folder();
    SweepJournal.open(directory, source, false).add({ index: 0, seed: '1', run: figures(1) });
    const other = { ...source, text: 'version: 1 # changed' };
    expect(() => SweepJournal.open(directory, other, false)).toThrow('is of another scenario');
    expect(SweepJournal.open(directory, other, true).results.size).toBe(0);
  });

  it('that was stopped before its first line was whole is begun again', () => {
    const directory = folder();
    SweepJournal.open(directory, source, false);
    const file = join(directory, 'journal.jsonl');
    for (const text of ['', '{"schema":"panoptes.sw']) {
      writeFileSync(file, text);
      SweepJournal.open(directory, source, false).add({ index: 0, seed: '1', run: figures(1) });
      expect(SweepJournal.open(directory, source, false).results.size).toBe(1);
    }
  });

  it.each([
    ['nonsense', 'expected JSON'],
    ['null', 'a result: '],
    ['[]', 'a result: '],
    ['{"index":-1,"seed":"1"}', 'index: '],
    ['{"index":1}', 'seed: '],
    ['{"index":1,"seed":"1","run":null}', 'run: '],
    ['{"index":1,"seed":"1","run":{"verdict":"pass"}}', 'run.logDigest: '],
    ['{"index":1,"seed":"1","run":{"verdict":"pass","logDigest":null}}', 'run.durationMs: '],
    [lineWith({ thresholds: [0] }), 'run.thresholds.0: '],
    [lineWith({ thresholds: [{ passed: true }] }), 'run.thresholds.0.figure: '],
    [lineWith({ durationMs: -1 }), 'run.durationMs: '],
  ])('with a line that is no result is refused with its number: %s', (line, problem) => {
    const directory = folder();
    SweepJournal.open(directory, source, false).add({ index: 0, seed: '1', run: figures(1) });
    appendFileSync(join(directory, 'journal.jsonl'), `${line}\n`);
    const opening = () => SweepJournal.open(directory, source, false);
    expect(opening).toThrow(ConfigError);
    expect(opening).toThrow(`line 3: ${problem}`);
    expect(SweepJournal.open(directory, source, true).results.size).toBe(0);
  });
});
