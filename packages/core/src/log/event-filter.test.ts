import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { tiers } from '../peers/fields.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { BatchUpdate } from '../registry/batch-update.js';
import type { PeerChange, RegistryEvent } from './events.js';
import { OpenRegistry, changesOf } from '../registry/open-registry.fixture.js';
import { EventFilter } from './event-filter.js';
import { RunEvents } from './event-view.js';
import { LogReader } from './log-reader.js';
import { SnapshotView } from './snapshot.js';
import { type Subscription, parseSubscription } from './subscription.js';

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const methods = ['bootstrap', 'dht', 'manual'] as const;

const anySubscription: fc.Arbitrary<Subscription> = fc.record(
  {
    kinds: some(['PeerAdded', 'PeerUpdated', 'PeerRemoved'] as const),
    tiers: some(tiers),
    discoveryMethods: some(methods),
    authenticated: fc.boolean(),
    quantumSecure: fc.boolean(),
  },
  { requiredKeys: [] },
);

const anyStep = fc.record({
  peer: fc.nat(5),
  removes: fc.boolean(),
  tier: fc.constantFrom(...tiers),
  discoveryMethod: fc.constantFrom(...methods),
  authenticated: fc.boolean(),
  quantumSecure: fc.boolean(),
  nextHop: fc.constantFrom(undefined, 'x'.repeat(200)),
});
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

const isIn = (peer: PeerEntry, wanted: Subscription): boolean =>
  (wanted.tiers?.includes(peer.tier) ?? true) &&
  ((wanted.discoveryMethods as string[] | undefined)?.includes(peer.discoveryMethod) ?? true) &&
  (wanted.authenticated ?? peer.authenticated) === peer.authenticated &&
  (wanted.quantumSecure ?? peer.quantumSecure) === peer.quantumSecure;

/** Whether a change matches, as the words say it. */
function matches(change: PeerChange, wanted: Subscription): boolean {
  if (wanted.kinds?.includes(change.kind) === false) return false;
  return isIn(change.entry, wanted) || (change.kind === 'PeerUpdated' && isIn(change.old, wanted));
}

/** What matches of an event; a batch stays one. */
function expected(event: RegistryEvent, wanted: Subscription): unknown[] {
  const changes = changesOf(event).filter((change) => matches(change, wanted));
  if (changes.length === 0) return [];
  if (event.kind !== 'BatchUpdate') return [event];
  const of = (kind: string) => changes.filter((change) => change.kind === kind);
  const [added, updated, removed] = ['PeerAdded', 'PeerUpdated', 'PeerRemoved'].map(of);
  return [{ ...event, changes, added, updated, removed }];
}

const byNodeId = (peers: readonly PeerEntry[]): PeerEntry[] =>
  [...peers].sort((a, b) => (a.peerId.nodeId < b.peerId.nodeId ? -1 : 1));

async function apply(registry: OpenRegistry, steps: readonly Step[]): Promise<void> {
  const batch = new BatchUpdate();
  for (const { peer, removes, ...fields } of new Map(
    steps.map((step) => [step.peer, step]),
  ).values()) {
    if (removes) batch.remove(`peer-${peer}`);
    else batch.upsert(peerNumbered(peer, fields));
  }
  await registry.commitBatch(batch);
}

describe('a filter', () => {
  it('W7 lets through everything that matches and nothing else; leaving the set is an event', async () => {
    const script = fc.array(fc.array(anyStep, { minLength: 1, maxLength: 4 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(script, anySubscription, async (transactions, wanted) => {
        const registry = new OpenRegistry({ log: { logBytes: 2 ** 20 } });
        const { memory, writer } = registry.changeLog;
        const reader = new LogReader(memory, { from: writer.checkpoint() });
        for (const steps of transactions) await apply(registry, steps);
        const events = new RunEvents();
        const filter = new EventFilter(wanted);
        const found: unknown[] = [];
        while (reader.read() === 'events') {
          for (const event of events.load(reader.run, filter)) {
            found.push((event as RegistryEvent & { toObject(): unknown }).toObject());
          }
        }
        expect(found).toEqual(registry.newEvents().flatMap((event) => expected(event, wanted)));
        const { data } = await registry.snapshotTaker.take(() => true);
        const view = new SnapshotView(data, filter);
        const inSet = registry.peers.allPeers().filter((peer) => isIn(peer, wanted));
        expect(byNodeId(Array.from(view, (peer) => peer.toObject()))).toEqual(byNodeId(inSet));
        expect(view.size).toBe(inSet.length);
      }),
      { numRuns: 150 },
    );
  });

  it.each<[unknown, string]>([
    [{ kinds: [] }, "option 'kinds'"],
    [{ kinds: ['BatchUpdate'] }, "option 'kinds.0'"],
    [{ tiers: ['tier9'] }, "option 'tiers.0'"],
    [{ authenticated: 1 }, "option 'authenticated'"],
    [{ tier: ['tier1'] }, "did you mean 'tiers'?"],
  ])('refuses %o', (wanted, place) => {
    expect(() => parseSubscription(wanted)).toThrow(ConfigError);
    expect(() => parseSubscription(wanted)).toThrow(place);
  });
});
