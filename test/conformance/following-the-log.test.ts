import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import type { ObserverHandle } from '@panoptes/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlackBox } from '../fixtures/black-box.mjs';
import { RandomTraffic, peerNamed } from '../fixtures/random-traffic.js';
import type { Seen } from '../fixtures/recorder.observer.mjs';
import { until } from '../fixtures/until.js';
import { type Host, hosts } from './hosts.js';
import {
  type ProgressPoint,
  afterProgress,
  badResumption,
  falseOldEntries,
  goingBack,
  missing,
  repeated,
  tornTransactions,
} from './log-rules.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

/** Commands that fill the smallest log twice over. */
const aLap = 2_500;
const laps = 3;

/** An observer that records, and what is read of it from outside. */
class Recording {
  readonly box: BlackBox;
  readonly progress: ProgressPoint[] = [];
  handle!: ObserverHandle;
  seen: readonly Seen[] = [];

  constructor(readonly host: Host) {
    this.box = BlackBox.empty(undefined, host);
  }

  async start(registry: PeerRegistry, name: string, onLag: 'lap' | 'block'): Promise<this> {
    const { box, host } = this;
    const options = { box: box.memory };
    this.handle = await registry.registerObserver({ module: recorder, name, host, onLag, options });
    return this;
  }

  /** Reads the cursor first: what is noted between the two reads lies above it, or should. */
  sample(): void {
    const { cursor, state } = this.handle.stats();
    // While it reads a snapshot, its place in the log is ahead of what it knows.
    if (state !== 'syncing') this.progress.push({ cursor, notes: this.box.length });
  }

  async finish(): Promise<void> {
    this.seen = (await this.handle.ask('seen', [], { timeoutMs: 60_000 })) as Seen[];
  }
}

describe.each(hosts)(
  'P1 observers (%s), in a storm of random commands on the smallest log',
  (host) => {
    const traffic = new RandomTraffic({ seed: 'storm' });
    const blocking = new Recording(host);
    const racing = new Recording(host);
    const held = new Recording(host);
    const late: Recording[] = [];
    const everyone = (): Recording[] => [blocking, racing, held, ...late];
    let registry: PeerRegistry;

    /** The storm: one observer is waited for, one runs as it can, one is held still until lapped. */
    beforeAll(async () => {
      registry = await createRegistry({
        log: { logBytes: 1024 * 1024 },
        // One is held for as long as the storm takes.
        observers: { blockTimeoutMs: 60_000, hangTimeoutMs: 600_000 },
      });
      await blocking.start(registry, 'blocking', 'block');
      await racing.start(registry, 'racing', 'lap');
      await held.start(registry, 'held', 'lap');
      for (let lap = 1; lap <= laps; lap++) {
        await traffic.send(registry, 64);
        held.box.hold();
        const registration = new Recording(host).start(registry, `late-${lap}`, 'lap');
        for (let sent = 0; sent < aLap; sent += 500) {
          await traffic.send(registry, 500);
          for (const recording of [blocking, racing, held]) recording.sample();
        }
        late.push(await registration);
        held.box.release();
        await until('the held one was lapped', () => held.handle.stats().resyncs === lap);
        // A storm that began while it read its snapshot might lap it once more.
        await registry.settled();
      }
      await traffic.send(registry, 500);
      await registry.settled();
      for (const recording of everyone()) await recording.finish();
    });

    afterAll(() => registry.close());

    /** What a rule finds in all that was seen, with the name of who saw it. */
    const found = (rule: (recording: Recording) => readonly string[]): string[] =>
      everyone().flatMap((recording) =>
        rule(recording).map((violation) => `${recording.handle.name}: ${violation}`),
      );

    it('W1 seq never goes back within an incarnation', () => {
      expect(found(({ box }) => goingBack(box.notes()))).toEqual([]);
    });

    it('W2 no seq comes twice within an incarnation', () => {
      expect(found(({ box }) => repeated(box.notes()))).toEqual([]);
    });

    it('W3 all changes of a transaction arrive together, and are those that were committed', () => {
      expect(found(({ seen }) => tornTransactions(seen, traffic.model))).toEqual([]);
      const largest = Math.max(
        ...blocking.seen.map((item) => (item.type === 'event' ? item.changes.length : 0)),
      );
      expect(largest).toBeGreaterThan(100);
    });

    it('W4 nothing is missing unless a resync is announced at that point', () => {
      expect(found(({ box }) => missing(box.notes()))).toEqual([]);
      // The one that was held really missed something, and was told so each time.
      const { delivered, resyncs } = held.handle.stats();
      expect(delivered).toBeLessThan(traffic.model.lastSeq);
      expect(resyncs).toBe(laps);
      expect(held.box.notes().filter(({ isSnapshot }) => isSnapshot)).toHaveLength(1 + laps);
    });

    it('W4 an observer that is waited for misses nothing at all', () => {
      const seqs = blocking.box.notes().map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: traffic.model.lastSeq + 1 }, (_, seq) => seq));
      expect(blocking.handle.stats()).toMatchObject({
        delivered: traffic.model.lastSeq,
        resyncs: 0,
        restarts: 0,
      });
    });

    it('W5 the first transaction after a snapshot at S is the first committed after S', () => {
      expect(found(({ box }) => badResumption(box.notes()))).toEqual([]);
      // Each that came late came in the middle, and followed from there to the end.
      for (const { box } of late) {
        const notes = box.notes();
        expect(notes[0]?.isSnapshot).toBe(true);
        expect(notes[0]?.seq).toBeGreaterThan(0);
        expect(notes.at(-1)?.seq).toBe(traffic.model.lastSeq);
      }
    });

    it('W6 nothing at or below a cursor arrives after that cursor was seen', () => {
      expect(found(({ box, progress }) => afterProgress(box.notes(), progress))).toEqual([]);
      // The one that is waited for is never further behind than the log reaches: half a lap.
      const cursors = new Set(blocking.progress.map(({ cursor }) => cursor));
      expect(cursors.size).toBeGreaterThan(laps);
    });

    it('W8 the old entry is what the peer was, and an added peer was not there', () => {
      expect(found(({ seen }) => falseOldEntries(seen))).toEqual([]);
    });

    it('all of them hold in the end what the model holds', async () => {
      const expected = traffic.model.digest();
      for (const { handle } of everyone()) {
        expect([handle.name, await handle.digest()]).toEqual([handle.name, expected]);
      }
    });
  },
);

describe('at the cap', () => {
  it.each(hosts)('W3 a newcomer and the peer that it evicts arrive together (%s)', async (host) => {
    const registry = await createRegistry({ peers: { maxPeers: 50 } });
    const { handle } = await new Recording(host).start(registry, 'recorder', 'block');
    for (let peer = 0; peer < 90; peer++) await registry.upsert(peerNamed(`peer-${peer}`));
    await registry.settled();
    const seen = ((await handle.ask('seen', [])) as Seen[]).filter(({ seq }) => seq > 50);
    expect(seen).toHaveLength(40);
    for (const item of seen) {
      expect(item).toMatchObject({
        kind: 'BatchUpdate',
        changes: [{ kind: 'PeerRemoved' }, { kind: 'PeerAdded' }],
      });
    }
    expect(registry.peers.size).toBe(50);
    await registry.close();
  });
});
