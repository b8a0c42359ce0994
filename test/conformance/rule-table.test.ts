import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

it('what is held on threads alone stands in docs/CONFORMANCE.md, with the reason, and nothing else does', () => {
  const { rules } = readRules(project);
  const page = readFileSync(join(project, 'docs/CONFORMANCE.md'), 'utf8');
  const [, part] = /^## On which hosts\n(.*?)^## /ms.exec(page)!;
  const told = [...part!.matchAll(/^\| `(.+?)` +\| \S/gm)].map(([, path]) => path);
  const ofHosts = rules.filter(({ number }) => /^[SHWRV]/.test(number));
  const paths = ofHosts.flatMap(({ tests }) => tests.map(({ path }) => path));
  const alone = [...new Set(paths)].filter((path) => {
    const text = readFileSync(join(project, path), 'utf8');
    return path.startsWith('test/') && !/\bhosts\.js'|'process'/.test(text);
  });
  expect(alone.sort()).toEqual(told.sort());
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
