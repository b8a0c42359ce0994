import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { answersOf, anyRound, options, start } from './registry-script.fixture.js';
import type { Watch, WatchEvent } from './watch.js';
import { OpenReplica, PrimaryRecord, ScriptedSource } from './replica.fixture.js';

/** How what a round has brought goes to the replica. */
const anyFeeding = fc.record({
  /** How many transactions a run has, one run after another. */
  cuts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
  /** How many of those before the first come again with it. */
  again: fc.nat(4),
  /** Whether what is due is gone, and a snapshot comes in its place. */
  gap: fc.constantFrom(false, false, false, true),
});
const script = fc.array(fc.tuple(anyRound, anyFeeding), { minLength: 3, maxLength: 12 });

describe('a replica', () => {
  it('has at every transaction the peers, events and bytes of its primary, however runs are cut and repeated', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (rounds) => {
        const { primary, record, source, replica } = await pair();
        for (const [round, feeding] of rounds) {
          const from = record.take();
          await play(primary, round);
          const to = record.take();
          feed(source, record, from, to, feeding);
          await replica.atLeast(to);
          expect(replica.fingerprint()).toEqual(primary.fingerprint());
        }
        expect(replica.newEvents()).toEqual(primary.newEvents());
        await Promise.all([replica.close(), primary.close()]);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('goes on behind snapshots: a watch sees the same events, and a resync where some are missing', async () => {
    let resyncs = 0;
    await fc.assert(
      fc.asyncProperty(script, async (rounds) => {
        const { primary, record, source, replica } = await pair();
        const [seen, owed] = [collect(replica.watch()), collect(primary.watch())];
        let missing = 0;
        for (const [round, feeding] of rounds) {
          const from = record.take();
          await play(primary, round);
          const to = record.take();
          if (feeding.gap && to > from) {
            missing += to - from;
            source.gap(() => record.snapshot());
          } else feed(source, record, from, to, feeding);
          await replica.atLeast(to);
          await seen.upTo(to);
          expect(replica.digest()).toBe(primary.digest());
          expect(replica.peers.allPeers()).toEqual(primary.peers.allPeers());
          expect(replica.peers.stats()).toEqual(primary.peers.stats());
        }
        await owed.upTo(record.take());
        const told = seen.events.filter(({ kind }) => kind !== 'Resync');
        const seqs = new Set(told.map(({ seq }) => seq));
        expect(told).toEqual(owed.events.filter(({ seq }) => seqs.has(seq)));
        expect(told.length).toBe(record.take() - missing);
        resyncs += seen.events.length - told.length;
        await Promise.all([replica.close(), primary.close()]);
      }),
      { numRuns: 40, endOnFailure: true },
    );
    expect(resyncs).toBeGreaterThan(9);
  });

  it('goes on as its primary would have, once it is promoted', async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.nat(11), async (rounds, at) => {
        const { primary, record, source, replica } = await pair();
        for (const [index, [round, feeding]] of rounds.entries()) {
          const from = record.take();
          const answers = await play(primary, round);
          if (index < at) {
            feed(source, record, from, record.take(), feeding);
            await replica.atLeast(record.take());
            replica.time.advance(round.pass);
          } else {
            if (index === at) await replica.promote({ epoch: 7 });
            expect(await play(replica, round)).toEqual(answers);
          }
        }
        expect(replica.newEvents()).toEqual(primary.newEvents());
        expect(replica.fingerprint()).toEqual(primary.fingerprint());
        await Promise.all([replica.close(), primary.close()]);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});

async function pair() {
  const primary = new OpenRegistry(options, new ManualClock(start));
  const record = new PrimaryRecord(primary);
  const source = new ScriptedSource(() => record.snapshot());
  const replica = await OpenReplica.of(source, options, new ManualClock(start));
  return { primary, record, source, replica };
}

async function play(registry: OpenRegistry, round: Parameters<typeof answersOf>[1] & Passing) {
  const answers = await answersOf(registry, round);
  registry.time.advance(round.pass);
  return round.cleanup ? [...answers, await registry.cleanupExpired()] : answers;
}

interface Passing {
  readonly pass: number;
  readonly cleanup: boolean;
}

/** Hands over the transactions after one up to another. */
function feed(
  source: ScriptedSource,
  record: PrimaryRecord,
  from: number,
  to: number,
  { cuts, again }: { readonly cuts: readonly number[]; readonly again: number },
): void {
  let next = Math.max(1, from + 1 - again);
  for (let index = 0; next <= to; index++) {
    const last = Math.min(to, next + cuts[index % cuts.length]! - 1);
    source.push(record.run(next, last));
    // What was handed over may come again as a whole, too.
    if (again > 2) source.push(record.run(next, last));
    next = last + 1;
  }
}

/** Goes through a watch, from now on. */
function collect(watch: Watch) {
  const events: WatchEvent[] = [];
  let wake = (): void => undefined;
  void (async () => {
    for await (const event of watch) {
      events.push(event);
      wake();
    }
  })();
  const upTo = async (seq: number): Promise<void> => {
    while ((events.at(-1)?.seq ?? 0) < seq) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return { events, upTo };
}
