import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embed, embeddedProgram } from './embedded.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'panoptes-flags-'));
  // It would end any thread that loads it, and leaves a mark on those that survive.
  const preload = `const { isMainThread } = require('node:worker_threads');
    globalThis.preloaded = true;
    if (!isMainThread) throw new Error('loaded into a thread');`;
  writeFileSync(join(folder, 'preload.cjs'), preload);
});
afterAll(() => rmSync(folder, { recursive: true }));

const preload = (): string => join(folder, 'preload.cjs');
const running = { count: 1 };

describe('an observer starts under a program', () => {
  it('that comes from the command line', async () => {
    const load = `await import(${JSON.stringify(pathToFileURL(embeddedProgram))})`;
    const flags = ['--input-type=module', '-e', load];
    expect(await embed({ flags, program: '--' })).toEqual(running);
  });

  it.each<[string, () => string[]]>([
    ['--import', () => ['--import', pathToFileURL(preload()).href]],
    ['--require', () => ['-r', preload()]],
    ['a loader', () => ['--experimental-loader=data:text/javascript,']],
    ['a debugger', () => ['--inspect=127.0.0.1:0']],
    [
      'profilers',
      () => ['--cpu-prof', '--heap-prof', `--cpu-prof-dir=${folder}`, `--heap-prof-dir=${folder}`],
    ],
    ['a small heap', () => ['--max-old-space-size=64', '--max-semi-space-size=1']],
    ['other flags of V8', () => ['--expose-gc', '--stack-trace-limit=100', '--stack-size=900']],
    ['leniency with rejections', () => ['--unhandled-rejections=none']],
  ])('with %s', async (_, flags) => {
    const ask = [['global', 'preloaded'], ['flags']] as const;
    expect(await embed({ flags: flags(), ask })).toEqual({ ...running, flags: [] });
  });

  it('that runs as a test', async () => {
    // The runner's own output surrounds the program's.
    expect(await embed({ flags: ['--test', '--test-reporter=spec'] })).toEqual(running);
  });

  it('with NODE_OPTIONS', async () => {
    const env = { NODE_OPTIONS: `--require=${preload()} --conditions=mine` };
    const ask = [['flags'], ['variable', 'NODE_OPTIONS'], ['global', 'preloaded']] as const;
    expect(await embed({ env, ask })).toEqual({ ...running, flags: ['--conditions=mine'] });
  });
});

describe('an observer’s thread', () => {
  it('gets what says how its code is read', async () => {
    const flags = ['-C', 'mine', '--enable-source-maps', '--no-warnings'];
    expect(await embed({ flags, ask: [['flags']] })).toEqual({
      ...running,
      flags: ['--conditions=mine', '--enable-source-maps', '--no-warnings'],
    });
  });

  it('may do no more than its program', async () => {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    const flags = [permission, '--allow-worker', '--allow-fs-read=*', '--no-warnings'];
    const ask = [['mayDo', 'fs.read', 'fs.write', 'child']] as const;
    expect(await embed({ flags, ask })).toEqual({ ...running, mayDo: [true, false, false] });
  });

  it('has the rest of its program’s environment', async () => {
    const env = { PANOPTES_TEST: 'given' };
    const ask = [['variable', 'PANOPTES_TEST']] as const;
    expect(await embed({ env, ask })).toEqual({ ...running, variable: 'given' });
  });
});

describe('a start that fails', () => {
  it('says why in its own message, however deep the cause', async () => {
    const module = pathToFileURL(join(folder, 'there-is-none.mjs')).href;
    expect(await embed({ module })).toMatchObject({
      code: 'OBSERVER_START_FAILED',
      message: expect.stringMatching(/there-is-none\.mjs/) as string,
    });
    const workerEntry = join(folder, 'broken-entry.mjs');
    writeFileSync(workerEntry, `throw new Error('the depth of it')`);
    expect(await embed({ workerEntry: pathToFileURL(workerEntry).href })).toMatchObject({
      code: 'OBSERVER_START_FAILED',
      message: expect.stringMatching(/could not start: .*the depth of it/) as string,
    });
  });
});
