import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readRules } from '../../scripts/conformance/rules.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url));

describe('every rule of docs/CONFORMANCE.md', () => {
  const { rules, strays } = readRules(project);

  it('is held by a test that carries its number, or has a reason why not', () => {
    const open = rules.filter(({ tests, reason }) => tests.length === 0 && reason === undefined);
    expect(open.map(({ number }) => number)).toEqual([]);
  });

  it('has no reason to be without a test once it has one: take the reason out', () => {
    const stale = rules.filter(({ tests, reason }) => tests.length > 0 && reason !== undefined);
    expect(stale.map(({ number }) => number)).toEqual([]);
  });

  it('has a number of its own, and no test carries another', () => {
    const numbers = rules.map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(50);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(strays).toEqual([]);
  });
});

describe('finding the tests of a rule', () => {
  const root = mkdtempSync(join(tmpdir(), 'panoptes-rules-'));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  it('takes names as they are written, with several numbers, and nothing that only looks like one', () => {
    write(
      'docs/CONFORMANCE.md',
      '| no. | rule |\n| --- | --- |\n| S1 | starts |\n| S2 | stops |\n| S3 | waits |\n' +
        '\n## Not held by a test\n\n| S3 | it cannot |\n',
    );
    write(
      'packages/a/src/a.test.ts',
      'it("S1 one", f); it.each([1])(`S1 S2 two ${x}`, f); describe("S2", f);',
    );
    write(
      'test/b.test.ts',
      'it("X9 stray", f); it("about S1", f); expect("S2 is"); // it("S2 no")',
    );
    write('test/node_modules/c.test.ts', 'it("S3 foreign", f)');
    const { rules, strays } = readRules(root);
    expect(rules.map(({ number, tests, reason }) => [number, tests.length, reason])).toEqual([
      ['S1', 2, undefined],
      ['S2', 1, undefined],
      ['S3', 0, 'it cannot'],
    ]);
    expect(rules[1]!.tests).toEqual([{ path: 'packages/a/src/a.test.ts', name: 'S1 S2 two ${x}' }]);
    expect(strays).toEqual([{ path: 'test/b.test.ts', name: 'X9 stray' }]);
  });
});
