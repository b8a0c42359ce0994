import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/reaching.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let observer: ObserverHandle;
let lines: { observer?: string; msg: string; stream?: string }[];

beforeEach(async () => {
  lines = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  registry = await createRegistry({ logger: pino({ level: 'info' }, { write }) });
  observer = await registry.registerObserver({ module });
});
afterEach(async () => {
  // It did what it did, and that ended nothing.
  expect(observer.stats()).toMatchObject({ state: 'live', restarts: 0 });
  await registry.close();
});

const printed = (text: string) =>
  until(`'${text}' was logged`, () =>
    lines.some(({ msg, stream }) => stream !== undefined && msg === text),
  );

describe('an observer on its thread', () => {
  it.each([
    ['V8’s flags'],
    ['internal bindings'],
    ['its priority'],
    ['its priority by number'],
    ['a thread'],
    ['a thread, by another import'],
    ['a descriptor'],
    ['a descriptor, by another import'],
    ['a descriptor, later'],
    ['the main thread’s inspector'],
    ['a debugger of its own'],
    ['a debugger of its own, by another import'],
  ])('cannot reach %s', async (what) => {
    await expect(observer.ask('reaches', [what])).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      cause: {
        remoteCode: 'OBSERVER_ISOLATED',
        message: expect.stringMatching(/^an observer cannot/) as string,
      },
    });
  });

  it('cannot send messages to other threads', async () => {
    await expect(observer.ask('reaches', ['another thread’s messages'])).rejects.toThrow('cannot');
  });

  it('finds no descriptor that it could close', async () => {
    expect(await observer.ask('reaches', ['descriptors'])).toBe('0 OBSERVER_ISOLATED');
  });

  it('finds no port to the main thread', async () => {
    expect(await observer.ask('reaches', ['a stolen port'])).toBe(0);
    await expect(observer.ask('reaches', ['a moved port'])).rejects.toThrow(/closed/i);
    expect(await observer.ask('reaches', ['its parent port'])).toBeUndefined();
    await until('it was counted', () => observer.stats().messagesDropped === 1);
    expect(await observer.ask('reaches', ['the way of output'])).toBe(0);
    await printed('by _write');
    await observer.ask('reaches', ['raw output']);
    await printed('by _rawDebug');
  });

  it('prints as ever', async () => {
    expect(await observer.ask('uses', ['what it prints'])).toBe('done');
    await printed('by write');
    await printed('by console');
    await printed('and waits');
    // As the runtime does by itself after a child that printed nothing.
    expect(await observer.ask('uses', ['nothing to print'])).toBe('done');
    await printed('after nothing');
    expect(lines.filter(({ msg, stream }) => stream !== undefined && msg === '')).toEqual([]);
  });

  it('uses files, sockets, ciphers and processes as ever', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'panoptes-'));
    try {
      expect(await observer.ask('uses', ['files', join(folder, 'file')])).toBe('somet!');
      expect(await observer.ask('uses', ['sockets'])).toBe('hello');
      expect(await observer.ask('uses', ['crypto'])).toBe(true);
      expect(await observer.ask('uses', ['children'], { timeoutMs: 60_000 })).toBe('42');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('starts threads of its own if it was registered so', async () => {
    await expect(observer.ask('uses', ['threads'])).rejects.toThrow('ownThreads: true');
    const allowed = await registry.registerObserver({ module, name: 'allowed', ownThreads: true });
    expect(await allowed.ask('uses', ['threads'], { timeoutMs: 60_000 })).toBe(42);
    const wrong = { module, name: 'wrong', ownThreads: 'yes' as never };
    await expect(registry.registerObserver(wrong)).rejects.toThrow("option 'ownThreads'");
  });
});
