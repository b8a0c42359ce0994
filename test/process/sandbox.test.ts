import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObserverHandle } from '@panoptes/core';
import { type ProcessOptions, sandboxSupport } from '@panoptes/workers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';
import { ProcessScene, ask } from './process-scene.js';

const { sandbox, network } = sandboxSupport();
const module = new URL('../fixtures/sandboxed.observer.mjs', import.meta.url);
/** The network is granted where it cannot be refused, for there is no sandbox otherwise. */
const net = !network;

let scene: ProcessScene;
let lines: { observer?: string; msg: string; stream?: string; error?: unknown }[];
let folder: string;
const at = (...names: string[]) => join(folder, ...names);

beforeEach(async () => {
  lines = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  scene = await ProcessScene.begin({ logger: pino({ level: 'info' }, { write }) });
  folder = mkdtempSync(join(tmpdir(), 'panoptes-sandbox-'));
  for (const name of ['granted', 'outside']) {
    mkdirSync(at(name));
    writeFileSync(at(name, 'file.txt'), name);
    writeFileSync(at(name, 'module.mjs'), `export default '${name}'`);
  }
});
afterEach(async () => {
  await scene.registry.close();
  rmSync(folder, { recursive: true });
});

const register = (process: ProcessOptions): Promise<ObserverHandle> =>
  scene.register({ module, name: 'caged', ownThreads: true, process });
const sandboxed = (granted: ProcessOptions['permissions'] = {}) =>
  register({ permissions: { net, ...granted } });
const refused = (observer: ObserverHandle, ...deed: unknown[]) =>
  expect(ask(observer, 'do', ...deed), String(deed[0])).rejects;

describe.skipIf(!sandbox)('in a sandbox (npm run test:matrix -- --node 24,26 has them)', () => {
  const outside = () => at('outside', 'file.txt');
  const made = () => at('outside', 'made');

  it.each<[string, ...(() => string)[]]>([
    ['read', outside],
    ['read', () => '/proc/self/environ'],
    ['read', () => `/proc/${process.pid}/environ`],
    ['read', () => `${at('granted')}/../outside/file.txt`],
    ['read later', outside],
    ['read by bytes', () => `${at('granted')}/../outside/file.txt`],
    ['list', () => at('outside')],
    ['stat', outside],
    ['import', () => at('outside', 'module.mjs')],
    ['write', made],
    ['write', () => at('granted', 'file.txt')],
    ['remove', outside],
    ['link', outside, () => at('writable', 'link')],
    ['hard link', outside, () => at('writable', 'link')],
    ['write a heap snapshot', made],
    ['write a report', made],
    ['write a trace'],
    ['spawn'],
    ['become another program'],
    ['thread'],
    ['load hooks'],
    ['addon', outside],
    ['WASI'],
    ['FFI', outside],
    ['inspect'],
  ])('an observer cannot %s', async (deed, ...args) => {
    mkdirSync(at('writable'));
    const observer = await sandboxed({
      read: [at('granted'), at('writable')],
      write: [at('writable')],
    });
    const remoteCode = expect.stringMatching(/^ERR_(ACCESS_DENIED|DLOPEN_DISABLED)$/) as string;
    await refused(observer, deed, ...args.map((arg) => arg())).toMatchObject({
      message: expect.stringContaining("observer 'caged'") as string,
      cause: { remoteCode },
    });
    expect(existsSync(made())).toBe(false);
  });

  it('an observer has no database of the runtime, which would open any file', async () => {
    const observer = await sandboxed();
    await refused(observer, 'open a database', made()).toThrow(/No such built-in module/);
    expect(existsSync(made())).toBe(false);
  });

  it.each([
    'kill the registry',
    'kill its group',
    'kill by a number that wraps',
    'kill by builtins of its own',
    'debug the registry',
    'slow the registry down',
    'set flags of V8',
    'use bindings',
  ])('an observer cannot %s', async (deed) => {
    const observer = await sandboxed();
    await refused(observer, deed).toMatchObject({ cause: { remoteCode: 'OBSERVER_ISOLATED' } });
    expect(await ask(observer, 'do', 'kill by a number that changes')).toBe(1);
    expect(observer.stats()).toMatchObject({ state: 'live', restarts: 0 });
  });

  it('an observer cannot kill another observer’s process', async () => {
    const observer = await sandboxed();
    const other = await scene.register({ name: 'other' });
    await refused(observer, 'kill another', await ask(other, 'pid')).toThrow(/not its own/);
    expect(other.stats()).toMatchObject({ state: 'live', restarts: 0 });
  });

  it
    .skipIf(!network)
    .each<[string, ...(() => unknown)[]]>([
      ['connect', () => 9],
      ['connect by a path', () => at('granted', 'socket')],
      ['listen'],
      ['send a datagram'],
    ])('an observer cannot %s, where the runtime refuses the network', async (deed, ...args) => {
    const observer = await sandboxed();
    const cause = { remoteCode: 'ERR_ACCESS_DENIED' };
    await refused(observer, deed, ...args.map((arg) => arg())).toMatchObject({ cause });
  });

  it('what was granted works', async () => {
    const server = createServer((socket) => socket.end()).listen(0);
    const { port } = server.address() as { port: number };
    const observer = await sandboxed({
      read: [at('granted'), '/bin', '/usr/bin'],
      write: [at('granted')],
      net: true,
      childProcess: true,
      worker: true,
    });
    expect(await ask(observer, 'do', 'read', at('granted', 'file.txt'))).toBe('granted');
    expect(await ask(observer, 'do', 'import', at('granted', 'module.mjs'))).toBe('granted');
    await ask(observer, 'do', 'write', at('granted', 'made'));
    expect(await ask(observer, 'do', 'read', at('granted', 'made'))).toBe('written');
    expect(await ask(observer, 'do', 'spawn')).toBe('started\n');
    expect(await ask(observer, 'do', 'connect', port)).toBe('connect');
    expect(await ask(observer, 'do', 'listen')).toBe('listening');
    server.close();
    expect(lines.filter(({ msg }) => msg.startsWith('refused'))).toEqual([]);
    // The runtime itself then asks for what was not.
    expect(await ask(observer, 'do', 'thread')).toBe('exit');
  });

  it('native code is loaded when that was granted: what is none is refused for that alone', async () => {
    const observer = await sandboxed({ addons: true, read: [at('granted')] });
    const file = at('granted', 'file.txt');
    await refused(observer, 'addon', file).toMatchObject({
      cause: { remoteCode: 'ERR_DLOPEN_FAILED' },
    });
  });

  it('a link that was there leads out of a folder that was granted', async () => {
    symlinkSync(outside(), at('granted', 'link'));
    const observer = await sandboxed({ read: [at('granted')] });
    expect(await ask(observer, 'do', 'read', at('granted', 'link'))).toBe('outside');
  });

  it('a refusal that ends an observer is told with its name', async () => {
    const observer = await sandboxed();
    await ask(observer, 'next', 'read', outside());
    await scene.commit(1);
    await scene.restarted(observer);
    expect(observer.stats().lastError).toMatchObject({ remoteCode: 'ERR_ACCESS_DENIED' });
    const told = lines.filter((line) => JSON.stringify(line).includes('API has been restricted'));
    expect(told.map((line) => line.observer)).toContain('caged');
  });

  it.skipIf(!process.allowedNodeEnvironmentFlags.has('--permission-audit'))(
    'P6 a refusal that an observer keeps to itself is told with its name, once',
    async () => {
      const observer = await sandboxed();
      for (let round = 0; round < 3; round++) await ask(observer, 'try', 'read', outside());
      await ask(observer, 'try', 'spawn');
      const refusals = () => lines.filter(({ msg }) => msg.startsWith('refused: '));
      await until('both were told', () => refusals().length >= 2);
      expect(refusals()).toMatchObject([
        { observer: 'caged', msg: expect.stringContaining(outside()) as string },
        { observer: 'caged', msg: expect.stringContaining('ChildProcess') as string },
      ]);
    },
  );

  it('it is given nothing of this process, and its arguments grant nothing more', async () => {
    process.env['PANOPTES_SECRET'] = 'secret';
    const observer = await register({ permissions: { net }, env: { GRANTED: 'yes' } });
    delete process.env['PANOPTES_SECRET'];
    const given = await ask<{ env: object; argv: string[]; execArgv: string[] }>(observer, 'given');
    expect(given.env).toEqual({ GRANTED: 'yes' });
    expect(given.argv).toHaveLength(2);
    const allowed = given.execArgv.filter((flag) => /^--allow-(?!fs-read)/.test(flag));
    expect(allowed).toEqual(net && network ? ['--allow-net'] : []);
  });
});

describe('an observer without `eval`', () => {
  it.each(['eval', 'make a function'])('cannot %s', async (deed) => {
    const observer = await register({ eval: false });
    await refused(observer, deed).toMatchObject({ cause: { remoteName: 'EvalError' } });
  });

  it('does so unless that is said', async () => {
    const observer = await register({});
    expect(await ask(observer, 'do', 'eval')).toBe(2);
  });
});

it.skipIf(sandbox)('permissions are refused where the runtime has no sandbox', async () => {
  await expect(sandboxed({ net: true })).rejects.toThrow(
    /^option 'process\.permissions': expected a runtime with a sandbox, Node 22\.13 or later, but this is Node 20/,
  );
  expect(scene.registry.getObserverStats().observers).toEqual([]);
});

it.skipIf(!sandbox || network)(
  'the network is to be granted where it cannot be refused',
  async () => {
    await expect(sandboxed({ net: false })).rejects.toThrow(
      /^option 'process\.permissions\.net': expected true/,
    );
  },
);
