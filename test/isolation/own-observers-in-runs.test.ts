import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { interrupted } from '../fixtures/interrupted.js';
import { commandSession, type JsonSummary, panoptes } from '../fixtures/panoptes-command.js';

const inSession = commandSession();

const unruly = fileURLToPath(new URL('../fixtures/unruly.observer.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));
let scenarios = 0;

/** A scenario of 150 transactions before an observer that misbehaves and one that does not. */
function scenarioWith(
  options: { how?: string; [key: string]: unknown },
  more = '',
  hangTimeout = '1s',
): string {
  const file = join(folder, `${++scenarios}.yaml`);
  // Started again it would only do the same, and be waited for each time.
  const restart = isSlow(options) ? 'temporary' : 'permanent';
  const own = { module: unruly, options, restart };
  writeFileSync(
    file,
    `version: 1
population: { peers: 100 }
phases: [{ kind: steady, duration: 30m }]
observers: [${JSON.stringify(own)}, mesh]
registry: { hangTimeout: ${hangTimeout} }
${more}
`,
  );
  return file;
}

/** Whether what an observer does takes a while to be found. */
const isSlow = ({ how }: { how?: string }): boolean =>
  how === 'loops' || how === 'leaks' || how === 'never settles';

interface Run extends JsonSummary {
  readonly threadsLeft?: number;
  readonly observers: readonly (JsonSummary['observers'][number] & { readonly problem?: string })[];
}

/** Runs a scenario with `--json`; what it prints must be one document, and stderr what is given. */
async function run(
  file: string,
  command = inSession,
): Promise<{ code: number | null; run: Run; stderr: string }> {
  const { code, stdout, stderr } = await command('run', file, '--json');
  return { code, run: JSON.parse(stdout) as Run, stderr };
}

describe("a bug in a user's own observer", () => {
  it.each(['onEvents', 'digest'])(
    'that throws in %s is named, and costs nobody else',
    async (where) => {
      const { code, run: summary, stderr } = await run(scenarioWith({ how: 'throws', in: where }));
      expect({ code, stderr, verdict: summary.verdict }).toEqual({
        code: 1,
        stderr: '',
        verdict: 'fail',
      });
      const [own, mesh] = summary.observers;
      expect(own).toMatchObject({ name: 'unruly', digestMatches: null });
      expect(own!.problem).toMatch(
        where === 'onEvents'
          ? /fails on the model’s side: a bug of its own \(onEvents, at transaction 51\)/
          : /fails on the model’s side as well: a bug of its own \(digest, at transaction \d+\)/,
      );
      expect(mesh).toMatchObject({ digestMatches: true });
    },
  );

  it.each([
    ['loops', 'onEvents', /shows no sign of life for 1000 ms .* in onEvents, at transaction 51/],
    ['loops', 'digest', /shows no sign of life for 1000 ms .* in digest, at transaction \d+/],
    ['never settles', 'onEvents', /shows no sign of life .* in onEvents, at transaction 51/],
    [
      'throws too much',
      'onEvents',
      /failed: a value that is no error was thrown: too much.* in onEvents, at transaction 51/,
    ],
    ['exits', 'onEvents', /has ended its thread \(exit code 0\) in onEvents, at transaction 51/],
    ['leaks', 'onEvents', /uses more than 512 MB in onEvents, at transaction 51/],
  ])('that %s in %s ends the model, and the report says whose it was', async (how, where, what) => {
    const {
      code,
      run: summary,
      stderr,
    } = await run(
      // Time enough to leak.
      scenarioWith({ how, in: where }, '', how === 'leaks' ? '1m' : '1s'),
    );
    expect({ code, stderr, verdict: summary.verdict }).toEqual({
      code: 1,
      stderr: '',
      verdict: 'fail',
    });
    const [own, mesh] = summary.observers;
    expect(own!.problem).toMatch(/^ends the plain model: observer 'unruly'/);
    expect(own!.problem).toMatch(what);
    expect(own!.problem!.length).toBeLessThan(10_000);
    expect(mesh!.problem).toMatch(/^the plain model has ended .*unruly/);
    for (const one of [own!, mesh!]) expect(one.notCompared).toBe(true);
    expect(mesh!.digest).toMatch(/^\d+-[0-9a-f]{12}$/);
  });

  it('that prints prints into nothing that the command prints', async () => {
    const {
      code,
      run: summary,
      stderr,
    } = await run(scenarioWith({ how: 'prints', in: 'onEvents' }));
    expect({ code, stderr, verdict: summary.verdict }).toEqual({
      code: 0,
      stderr: '',
      verdict: 'pass',
    });
  });

  it('that is stuck in a system call on both sides costs the report nothing', async () => {
    // Each side makes a pipe of its own: the second one fails to, and throws.
    const pipe = join(folder, 'pipe');
    const {
      code,
      run: summary,
      stderr,
    } = await run(scenarioWith({ how: 'is stuck', in: 'onEvents', pipe }), panoptes);
    expect(code).toBeNull();
    expect(stderr).toContain('does not end; the process kills itself');
    expect(summary).toMatchObject({ verdict: 'fail', threadsLeft: 1 });
  });

  it.each(['throws', 'loops'])('that %s in setup is refused with its place', async (how) => {
    const file = scenarioWith({ how, in: 'setup' });
    const { code, stdout, stderr } = await inSession('run', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/:4:\d+: observers\.0/);
  });

  it.each([
    ['throw new Error("no luck")', 'no luck'],
    ['export default 7', 'expected a default export made by defineObserver'],
    ['process.exit(3)', 'has ended its thread'],
    ['import "./that-is-not-there.mjs"', 'that-is-not-there'],
  ])('whose module says %j is refused with its place', async (text, message) => {
    const module = join(folder, `${++scenarios}.mjs`);
    writeFileSync(module, text);
    const file = scenarioWith({});
    writeFileSync(file, readFileSync(file, 'utf8').replace(unruly, module));
    const { code, stdout, stderr } = await inSession('run', file, '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${file}:4:`);
    expect(stderr).toContain('observers.0.module: cannot be loaded: ');
    expect(stderr).toContain(message);
  });

  it('is contained where runs are compared with observers that start afresh', async () => {
    const { code, run: summary } = await run(
      scenarioWith({ how: 'loops', in: 'digest' }, 'checks: { model: false }'),
    );
    expect(code).toBe(1);
    expect(summary.observers.map(({ digestMatches }) => digestMatches)).toEqual([null, true]);
  });

  it('is contained in a sweep, and its run has a row', async () => {
    const file = scenarioWith(
      { how: 'loops', in: 'onEvents' },
      'sweep: { grid: { population.peers: [99, 100] } }',
    );
    const out = join(folder, 'sweep');
    const { code, stdout, stderr } = await inSession('sweep', file, '--out', out, '--json');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^wrote [^\n]*sweep\.csv[^\n]*\n$/) as unknown,
    });
    const { rows } = JSON.parse(stdout) as { rows: readonly { runs: number; failed: number }[] };
    expect(rows.map(({ runs, failed }) => ({ runs, failed }))).toEqual([
      { runs: 1, failed: 1 },
      { runs: 1, failed: 1 },
    ]);
  });

  it('does not keep Ctrl-C from ending the run, with a report', async () => {
    const sign = join(folder, 'loops');
    const file = scenarioWith({ how: 'loops', in: 'onEvents', sign }, '', '1d');
    const { code, stdout, stderr } = await interrupted(
      ['run', file, '--json'],
      ({ stdout: text }) => text !== '' && (JSON.parse(text) as JsonSummary).events > 51,
      'SIGINT',
      () => existsSync(sign),
    );
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true, verdict: 'fail' });
  });
});

it("a user's own observer has a thread in every run: it cannot ask for the registry's", async () => {
  const file = scenarioWith({});
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"options"', '"host": "inline", "options"'));
  const { code, stderr } = await inSession('run', file);
  expect(code).toBe(2);
  expect(stderr).toContain('observers.0');
});

it('several of one module have one state in the plain model, as each is the only one on its thread', async () => {
  const module = fileURLToPath(new URL('../fixtures/born-once.observer.mjs', import.meta.url));
  const file = scenarioWith({});
  const own = JSON.stringify({ module, count: 3 });
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/^observers: .*$/m, `observers: [${own}]`),
  );
  const { code, run: summary } = await run(file);
  expect({ code, digests: summary.observers.map(({ digest }) => digest) }).toEqual({
    code: 0,
    digests: ['1', '1', '1'],
  });
});
