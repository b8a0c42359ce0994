import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ConfigError, ObserverError, ObserverStartError } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { threadCount } from '../fixtures/threads.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const fixture = (name: string): URL => new URL(`../fixtures/${name}`, import.meta.url);
const badStart = (way: string): URL => fixture(`bad-starts.mjs?way=${way}`);

const failures = [
  ['a module that does not exist', fixture('nowhere.mjs'), /nowhere\.mjs/],
  ['a module without a default export', fixture('no-default-export.mjs'), /default export/],
  ['a module whose default export is no observer', badStart('no-observer'), /'just a text'/],
  ['an observer without setup', badStart('no-setup'), /setup and onEvents/],
  ['an observer without onEvents', badStart('no-handler'), /setup and onEvents/],
  ['a module that throws', badStart('load-throws'), /the module has a bug/],
  ['a module that exits', badStart('load-exits'), /exit-4/],
  ['a setup that throws', badStart('setup-throws'), /the setup has a bug/],
  ['a setup that rejects', badStart('setup-rejects'), /the setup found no database/],
  ['a setup that exits', badStart('setup-exits'), /exit-4/],
  ['an observer that throws at its first snapshot', badStart('snapshot-throws'), /too much/],
] as const;

/** What is wrong with the text of a module, and what is said of it. */
const badTexts = [
  [
    'cannot be parsed',
    'it.mjs',
    'export default {\n',
    /^.+end of input, in .+it\.mjs or .+--check/,
  ],
  ['cannot be parsed (CommonJS)', 'it.cjs', '\nlet a = ;\n', /^\S+it\.cjs:2: Unexpected token/],
  [
    'imports what there is not',
    'it.mjs',
    "\nimport { no } from 'node:fs';\n",
    /it\.mjs:2: .+ 'no'$/,
  ],
  ['fails to parse JSON of its own', 'it.mjs', "JSON.parse('{');\n", /JSON at position 1[^,]*$/],
] as const;

const hangs = ['load-hangs', 'setup-hangs', 'setup-loops'];

describe('a registration that fails', () => {
  let registry: PeerRegistry;
  let threadsBefore: number;

  beforeEach(async () => {
    threadsBefore = threadCount();
    registry = await createRegistry();
    await registry.upsert(peerNamed('alice'));
  });
  afterEach(() => registry.close());

  /** Nothing of it is there any more, its name is free, and the registry goes on. */
  async function expectNothingLeft(of: PeerRegistry): Promise<void> {
    expect(threadCount()).toBe(threadsBefore);
    expect(of.getObserverStats()).toMatchObject({ observerCount: 0, observers: [] });
    const next = await of.registerObserver({ module: recorder, name: 'it' });
    await of.upsert(peerNamed('bob'));
    await of.settled();
    expect(await next.ask('size', [])).toBe(2);
  }

  it.each(badTexts)('says where it is, of a module that %s', async (_, name, text, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'panoptes-bad-text-'));
    try {
      writeFileSync(join(folder, name), text);
      const module = pathToFileURL(join(folder, name));
      await expect(registry.registerObserver({ module, name: 'it' })).rejects.toMatchObject({
        cause: { message: expect.stringMatching(message) as string },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(failures)('by %s rejects with the cause and leaves nothing', async (_, module, cause) => {
    const failure = registry.registerObserver({ module, name: 'it' });
    await expect(failure).rejects.toBeInstanceOf(ObserverStartError);
    await expect(failure).rejects.toMatchObject({
      code: 'OBSERVER_START_FAILED',
      message: expect.stringMatching(cause) as string,
      cause: { message: expect.stringMatching(cause) as string },
    });
    await expectNothingLeft(registry);
  });

  it('keeps the class and the code of what the observer threw', async () => {
    const error: unknown = await registry
      .registerObserver({ module: badStart('setup-throws') })
      .catch((thrown: unknown) => thrown);
    expect((error as ObserverStartError).cause).toBeInstanceOf(ObserverError);
    expect((error as ObserverStartError).cause).toMatchObject({ remoteName: 'RangeError' });
  });

  it.each(hangs)('because it takes too long (%s) leaves nothing', async (way) => {
    const impatient = await createRegistry({ observers: { startTimeoutMs: 300 } });
    await impatient.upsert(peerNamed('alice'));
    const failure = impatient.registerObserver({ module: badStart(way), name: 'it' });
    await expect(failure).rejects.toMatchObject({
      code: 'OBSERVER_START_FAILED',
      message: expect.stringMatching(/did not set up within 300 ms \(startTimeoutMs\)/) as string,
    });
    await impatient.close();
    expect(threadCount()).toBe(threadsBefore);
  });

  it('because its options cannot be read on its thread is told at once', () => {
    const program = fileURLToPath(fixture('deep-options-program.mjs'));
    const { stdout } = spawnSync(process.execPath, ['--stack-size=7000', program], {
      encoding: 'utf8',
    });
    const endings = stdout.trim().split('\n');
    expect(endings).toHaveLength(6);
    expect(endings[0]).toBe('started');
    expect(endings.at(-1)).toMatch(/^CONFIG_INVALID: option 'options': .*nested too deep/);
    // Which of those between are too deep for whom depends on the machine.
    for (const ending of endings) {
      expect(ending).toMatch(/^started$|^CONFIG_INVALID: |^OBSERVER_START_FAILED: .*call stack/);
    }
  });

  it('leaves nothing on the inline host either', async () => {
    const failure = registry.registerObserver({
      module: fixture('no-default-export.mjs'),
      name: 'it',
      host: 'inline',
    });
    await expect(failure).rejects.toMatchObject({
      code: 'OBSERVER_START_FAILED',
      message: expect.stringMatching(/default export/) as string,
    });
    await expectNothingLeft(registry);
  });
});

describe('a registration that cannot be', () => {
  it.each([
    [
      'options that cannot be cloned',
      { options: { callback: () => undefined } },
      'options.callback',
    ],
    ['a module that is no URL', { module: './recorder.js' }, 'module'],
    ['an unknown onLag', { onLag: 'wait' }, 'onLag'],
    ['an unknown host', { host: 'container' }, 'host'],
    ['an unknown restart', { restart: 'sometimes' }, 'restart'],
    ['an empty name', { name: '' }, 'name'],
    ['an option that does not exist', { priority: 1 }, 'priority'],
  ])('S10 because of %s is refused before a thread starts', async (_, wrong, option) => {
    const registry = await createRegistry();
    const before = threadCount();
    const registration = { module: recorder, ...wrong } as never;
    const refused = registry.registerObserver(registration);
    expect(threadCount()).toBe(before);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow(`option '${option}'`);
    expect(registry.getObserverStats().observers).toEqual([]);
    await registry.close();
  });
});
