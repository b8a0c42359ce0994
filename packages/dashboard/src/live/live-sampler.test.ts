import type { ServerResponse } from 'node:http';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveSampler } from './live-sampler.js';
import { historyColumns } from './live-history.js';
import { ShownRegistry, type ShownState } from '../shown-registry.js';
import { ManualTime } from './manual-time.fixture.js';

let registry: PeerRegistry;
let time: ManualTime;
/** When something was sent to all, and what to one alone. */
let watchers: {
  size: number;
  sent: number[];
  alone: [unknown, string][];
  send: (event: string, json: string) => void;
  sendTo: (watcher: unknown, event: string, json: string) => void;
};
const watcher = {} as unknown as ServerResponse;
beforeEach(async () => {
  registry = await createRegistry({ logger: false });
  time = new ManualTime();
  watchers = {
    ...{ size: 0, sent: [], alone: [] },
    send: () => watchers.sent.push(time.now()),
    sendTo: (one, _, json) => watchers.alone.push([one, json]),
  };
});
afterEach(() => registry.close());

/** @param costMs - what a look takes, and its text */
function sampler(costMs = 0, textMs = 0) {
  const looks: number[] = [];
  const getStats = registry.getObserverStats.bind(registry);
  vi.spyOn(registry, 'getObserverStats').mockImplementation(() => {
    looks.push(time.now());
    time.spend(costMs);
    return getStats();
  });
  const shown = new ShownRegistry(
    registry,
    () => [],
    () => time.now(),
  );
  const toJson = ({ at }: ShownState) => (time.spend(textMs), `${at}`);
  const deps = { shown, clock: time, liveIntervalMs: 250, toJson };
  return { looks, shown, made: new LiveSampler({ ...deps, watchers: watchers as never }) };
}

describe('a sampler', () => {
  it('looks once a second while nobody watches, and sends nothing', () => {
    const { looks, made } = sampler();
    time.pass(60_000);
    expect(looks).toHaveLength(61);
    expect(watchers.sent).toEqual([]);
    expect(made.history.list()).toHaveLength(61);
  });

  it('looks as often as it was told to while somebody does, from then on', () => {
    const { looks, made } = sampler();
    time.pass(500);
    looks.length = 0;
    watchers.size = 3;
    made.welcome(watcher);
    time.pass(10_000);
    expect(looks).toHaveLength(41);
    expect(watchers.sent).toEqual(looks);
    expect(made.history.list().length).toBeLessThanOrEqual(12);
  });

  it.each([1, 10, 100])('takes a two-hundredth of the time, when a look takes %d ms', (costMs) => {
    const { looks, made } = sampler(costMs);
    watchers.size = 1;
    for (let second = 0; second < 600; second++) {
      // Those who come and go again and again get no more.
      made.welcome(watcher);
      time.pass(1_000);
    }
    expect(looks.length).toBeGreaterThan(5);
    expect((looks.length * costMs) / 600_000).toBeLessThanOrEqual(1 / 200 + costMs / 600_000);
  });

  it('sends one who comes while a look would cost too much the last one, by its own time', () => {
    const { looks, made } = sampler(10);
    const at = time.now();
    for (const size of [1, 2, 3]) {
      watchers.size = size;
      made.welcome(watcher);
    }
    expect([looks.length, watchers.sent]).toEqual([1, []]);
    expect(watchers.alone).toEqual(Array(3).fill([watcher, `${at}`]));
    time.pass(1_980);
    expect([looks.length, watchers.sent.length]).toEqual([1, 0]);
    time.pass(20);
    expect([looks.length, watchers.sent.length]).toEqual([2, 1]);
  });

  it('sends one who comes after the end how it was then, and never what was before', () => {
    const { shown, made } = sampler(10);
    time.pass(500);
    shown.freeze();
    watchers.size = 1;
    made.welcome(watcher);
    expect(watchers.alone).toEqual([[watcher, `${shown.state().at}`]]);
  });

  it('sends nobody alone what all are sent at once', () => {
    const { made } = sampler();
    time.pass(100);
    watchers.size = 1;
    made.welcome(watcher);
    time.pass(0);
    expect([watchers.sent.length, watchers.alone.length]).toEqual([1, 0]);
  });

  it('makes a text of the last look once, and pays for it like for a look', () => {
    const { looks, made } = sampler(1, 10);
    watchers.size = 1;
    for (let n = 0; n < 5; n++) made.welcome(watcher);
    time.pass(11 * 199 - 11);
    expect([looks.length, watchers.sent.length]).toEqual([1, 0]);
    time.pass(1);
    expect([looks.length, watchers.sent.length]).toEqual([2, 1]);
  });

  it('keeps a quarter of an hour, as many numbers of each time, and the newest', async () => {
    const { made } = sampler();
    for (let minute = 0; minute < 20; minute++) time.pass(60_000);
    const rows = made.history.list();
    expect(rows).toHaveLength(900);
    for (const row of rows) expect(row).toHaveLength(historyColumns.length);
    const times = rows.map(([at]) => at!);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(time.now());
    await registry.upsert({
      peerId: { nodeId: 'a', publicKey: 'a1', did: `did:zhtp:${'a'.repeat(16)}` },
    });
    time.pass(1_000);
    expect(made.history.list().at(-1)![historyColumns.indexOf('committed')]).toBe(1);
  });

  it('looks no more at a registry that is frozen, notes nothing, and sends how it was', () => {
    const { looks, shown, made } = sampler();
    watchers.size = 1;
    made.welcome(watcher);
    time.pass(5_000);
    shown.freeze();
    const [looked, noted] = [looks.length, made.history.list().length];
    watchers.sent.length = 0;
    time.pass(10_000);
    expect([looks.length, made.history.list().length]).toEqual([looked, noted]);
    expect(watchers.sent).toHaveLength(40);
  });

  it('says how late the thread came to a look, and how busy it was', () => {
    const { made } = sampler();
    time.pass(1_000);
    expect(made.eventLoop.delayMs).toBe(0);
    time.spend(1_700);
    time.pass(0);
    expect(made.eventLoop.delayMs).toBe(700);
    expect(made.eventLoop.utilization).toBeGreaterThan(0);
    expect(made.eventLoop.utilization).toBeLessThanOrEqual(1);
    const last = made.history.list().at(-1)!;
    expect(last[historyColumns.indexOf('eventLoopDelayMs')]).toBe(700);
  });

  it('goes on when the registry cannot be looked at, and stops when it is told to', () => {
    const { looks, made } = sampler();
    vi.spyOn(registry, 'logStats').mockImplementationOnce(() => {
      throw new Error('a bug');
    });
    time.pass(5_000);
    expect(looks).toHaveLength(6);
    expect(made.history.list()).toHaveLength(5);
    made.stop();
    made.welcome(watcher);
    time.pass(60_000);
    expect(looks).toHaveLength(6);
  });
});
