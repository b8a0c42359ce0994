import type { ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlackBox } from '../fixtures/black-box.mjs';
import { RandomTraffic, peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { hosts } from './hosts.js';
import { missing, repeated } from './log-rules.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const watcher = new URL('../fixtures/watched.observer.mjs', import.meta.url);
const faulty = new URL('../fixtures/faulty.observer.mjs', import.meta.url);

const smallLog = { logBytes: 1024 * 1024 };

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry({
    log: smallLog,
    observers: {
      hangTimeoutMs: 1_000,
      stopTimeoutMs: 100,
      restart: { minBackoffMs: 1, maxBackoffMs: 5, maxRestarts: 1_000 },
    },
  });
});
afterEach(() => registry.close());

describe.each(hosts)('P1 one of several observers (%s)', (host) => {
  it('H1 that crashes is restarted alone: the others miss nothing and see nothing twice', async () => {
    const boxes = [BlackBox.empty(undefined, host), BlackBox.empty(undefined, host)];
    for (const [at, { memory }] of boxes.entries()) {
      const name = `witness-${at}`;
      await registry.registerObserver({
        module: recorder,
        name,
        host,
        onLag: 'block',
        options: { box: memory },
      });
    }
    const culprit = await registry.registerObserver({ module: faulty, host });
    const traffic = new RandomTraffic({ seed: 'one of several' });
    for (let crash = 1; crash <= 3; crash++) {
      await traffic.send(registry, 300);
      await registry.upsert(peerNamed('do-throws', { hopCount: crash }));
      traffic.model.apply({ kind: 'upsert', peer: peerNamed('do-throws', { hopCount: crash }) });
      // What comes while it is down comes to it in a snapshot, and kills nobody.
      await until(
        'it is back',
        () => culprit.stats().restarts >= crash && culprit.state === 'live',
      );
    }
    await registry.settled();
    for (const box of boxes) {
      const notes = box.notes();
      expect(notes).toHaveLength(registry.lastSeq + 1);
      expect([...missing(notes), ...repeated(notes)]).toEqual([]);
      expect(new Set(notes.map(({ incarnation }) => incarnation))).toEqual(new Set([1]));
    }
  });

  it('H2 may have a module in common with others, under another name and with other options', async () => {
    const [a, b] = [
      await registry.registerObserver({ module: recorder, host, name: 'a' }),
      await registry.registerObserver({ module: recorder, host, name: 'b' }),
    ];
    await registry.upsert(peerNamed('alice'));
    await registry.unregisterObserver('a');
    await registry.upsert(peerNamed('bob'));
    await registry.settled();
    const again = await registry.registerObserver({ module: recorder, host, name: 'a' });
    expect(await b.ask('identity', [])).toEqual({ name: 'b', incarnation: 1 });
    expect(await again.ask('identity', [])).toEqual({ name: 'a', incarnation: 1 });
    expect(await b.ask('seen', [])).toHaveLength(3);
    expect(await again.ask('seen', [])).toHaveLength(1);
    await expect(a.ask('seen', [])).rejects.toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });
  });

  // On the registry's thread a module is loaded once, and an exit is everybody's.
  it.skipIf(host === 'inline')(
    'H6 shares no state with its next incarnation, module scope included',
    async () => {
      const box = BlackBox.empty(1_000, host);
      const options = { box: box.memory };
      const handle = await registry.registerObserver({ module: watcher, host, options });
      await registry.upsert(peerNamed('alice'));
      await registry.settled();
      expect(await handle.ask('state', [])).toEqual({ setups: 1, events: 1 });
      await handle.ask('exit', []).catch(() => undefined);
      await until('it is back', () => handle.stats().restarts === 1 && handle.state === 'live');
      expect(await handle.ask('state', [])).toEqual({ setups: 1, events: 0 });
    },
  );
});

describe.each(hosts)('P1 a stream of handler calls (%s)', (host) => {
  const emptyBox = (mostNotes?: number) => BlackBox.empty(mostNotes, host);
  const options = (box: BlackBox) => ({ module: watcher, host, options: { box: box.memory } });
  /** In an observer's notes: a handler was entered, or its promise has settled. */
  const entered = 1;
  const left = 2;
  const orders = (box: BlackBox) => box.notes().map(({ seq }) => seq);

  it('R1 is never entered while the call before is unsettled', async () => {
    const box = emptyBox(10_000);
    const handle: ObserverHandle = await registry.registerObserver(options(box));
    for (let n = 0; n < 200; n++) {
      await registry.upsert(peerNamed(`peer-${n}`));
      if (n % 20 === 0) await handle.ask('state', []);
    }
    await registry.settled();
    const seen = orders(box);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.every((order, at) => order === (at % 2 === 0 ? entered : left))).toBe(true);
  });

  it.each(['unregistered', 'killed as hung', 'evicted'])(
    'R2 ends when the observer is %s: no handler of that incarnation is entered',
    async (how) => {
      const box = emptyBox(10_000);
      const handle = await registry.registerObserver(options(box));
      await registry.upsert(peerNamed('alice'));
      await until('its handler was entered', () => box.length > 0);
      if (how === 'unregistered') {
        box.hold();
        await registry.upsert(peerNamed('bob'));
        await registry.unregisterObserver(handle.name);
      } else if (how === 'evicted') {
        await until('it was idle', async () => (await registry.cleanupStaleObservers(0)) === 1);
      } else {
        box.hold();
        await registry.upsert(peerNamed('bob'));
        await until('it was killed', () => handle.stats().incarnation === 2);
      }
      const first = () =>
        box.notes().filter(({ incarnation, seq }) => incarnation === 1 && seq === entered).length;
      const before = first();
      box.release();
      for (let n = 0; n < 50; n++) await registry.upsert(peerNamed(`peer-${n}`));
      await registry.settled();
      expect(first()).toBe(before);
    },
  );

  it('R3 may be acknowledged after its end: the registry goes on', async () => {
    const box = emptyBox(10_000);
    await registry.registerObserver(options(box));
    box.hold();
    await registry.upsert(peerNamed('alice'));
    await until('its handler was entered', () => box.length > 0);
    const unregistered = registry.unregisterObserver('watched');
    await registry.upsert(peerNamed('bob'));
    box.release();
    await unregistered;
    const next = await registry.registerObserver(options(box));
    await registry.settled();
    expect(next.stats()).toMatchObject({ cursor: 2, delivered: 0 });
  });

  it('R5 holds a bounded memory for a slow one, and the registry is as quick', async () => {
    await registry.close();
    // It may be held for as long as it takes.
    registry = await createRegistry({ log: smallLog, observers: { hangTimeoutMs: 600_000 } });
    const box = emptyBox();
    const handle = await registry.registerObserver({
      module: recorder,
      host,
      options: { box: box.memory },
    });
    box.hold();
    const traffic = new RandomTraffic({ seed: 'bounded' });
    await traffic.send(registry, 5_000);
    globalThis.gc?.();
    const { external, arrayBuffers } = process.memoryUsage();
    await traffic.send(registry, 20_000);
    globalThis.gc?.();
    const after = process.memoryUsage();
    // 20,000 changes are 10 MB and more: none of it is kept for the one that is behind.
    expect(after.external - external).toBeLessThan(4 * 1024 * 1024);
    expect(after.arrayBuffers - arrayBuffers).toBeLessThan(4 * 1024 * 1024);
    expect(handle.stats().lag).toBeGreaterThan(20_000);
    box.release();
    await registry.settled();
    expect(await handle.digest()).toBe(traffic.model.digest());
  });
});
