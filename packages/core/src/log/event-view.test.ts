import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerEntry } from '../peers/peer-entry.js';
import { anyPeer, asRead, fullPeer, peerNumbered } from '../peers/peer-entry.fixture.js';
import { BatchUpdate } from '../registry/batch-update.js';
import type { PeerChange, PeerUpdated, RegistryEvent } from './events.js';
import { OpenRegistry, changesOf } from '../registry/open-registry.fixture.js';
import { RunEvents } from './event-view.js';
import { LogReader } from './log-reader.js';

type View<T> = T & { toObject(): T };

/** Loads what a registry writes while `work` is done. */
async function eventsOf(
  work: (registry: OpenRegistry) => Promise<unknown>,
  registry = new OpenRegistry(),
) {
  const { memory, writer } = registry.changeLog;
  const reader = new LogReader(memory, { from: writer.checkpoint() });
  await work(registry);
  expect(reader.read()).toBe('events');
  return { events: new RunEvents().load(reader.run), reader, registry };
}

const valid = (entry: PeerEntry, nodeId: string): PeerEntry =>
  asRead({ ...entry, peerId: { nodeId, publicKey: 'ab', did: `did:zhtp:${'a'.repeat(16)}` } });

describe('the events of a run', () => {
  it('shows old and new entries as they were, lazily and as plain objects alike', async () => {
    await fc.assert(
      fc.asyncProperty(anyPeer, anyPeer, async (first, second) => {
        const [old, now] = [valid(first, 'a'), valid(second, 'a')];
        const { events, registry } = await eventsOf(
          async (registry) => {
            await registry.upsert(old);
            await registry.upsert(now);
            await registry.remove('a');
          },
          new OpenRegistry({ peers: { maxFutureSecs: Number.MAX_VALUE } }),
        );
        const at = registry.time.now();
        const [added, updated, removed] = [...events] as View<PeerChange>[];
        expect(added!.toObject()).toEqual({
          kind: 'PeerAdded',
          seq: 1,
          at,
          nodeId: 'a',
          entry: old,
        });
        const view = updated as View<PeerUpdated>;
        expect(view.toObject()).toEqual({
          kind: 'PeerUpdated',
          seq: 2,
          at,
          nodeId: 'a',
          old,
          entry: now,
          changed: view.changed,
        });
        for (const path of ['lastSeen', 'nextHop', 'tier', 'links', 'authenticated'] as const) {
          expect(view.old[path]).toEqual(old[path]);
          expect(view.entry[path]).toEqual(now[path]);
          const differs = JSON.stringify(old[path]) !== JSON.stringify(now[path]);
          expect(view.changed.includes(path)).toBe(differs);
        }
        expect(removed!.toObject()).toEqual({
          kind: 'PeerRemoved',
          seq: 3,
          at,
          nodeId: 'a',
          entry: now,
          reason: 'requested',
        });
      }),
      { numRuns: 40 },
    );
  });

  it('gives an added peer no old entry, no changed fields and no reason', async () => {
    const { events } = await eventsOf((registry) => registry.upsert(fullPeer()));
    const [added] = [...events] as unknown as Record<string, unknown>[];
    expect([added!['old'], added!['changed'], added!['reason']]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('W3 makes one event of one transaction, however many changes it has', async () => {
    const { events } = await eventsOf(async (registry) => {
      await registry.upsert(peerNumbered(1));
      const batch = new BatchUpdate().upsert(peerNumbered(2)).update('peer-1', { tier: 'tier1' });
      await registry.commitBatch(batch.upsert(peerNumbered(3)));
      await registry.commitBatch(new BatchUpdate().remove('peer-3'));
    });
    expect([...events].map(({ kind, seq }) => `${seq} ${kind}`)).toEqual([
      '1 PeerAdded',
      '2 BatchUpdate',
      '3 PeerRemoved',
    ]);
    expect([events.size, events.changeCount, events.firstSeq, events.lastSeq]).toEqual([
      3, 5, 1, 3,
    ]);
    expect([...events.changes()].map(({ seq, nodeId }) => `${seq} ${nodeId}`)).toEqual([
      '1 peer-1',
      '2 peer-2',
      '2 peer-1',
      '2 peer-3',
      '3 peer-3',
    ]);
  });

  it('W12 are not shared: whoever changes what toObject returned affects nobody', async () => {
    const { events } = await eventsOf(async (registry) => {
      await registry.upsert(fullPeer());
      await registry.commitBatch(
        new BatchUpdate().update('peer-7', { tier: 'tier1' }).upsert(peerNumbered(1)),
      );
    });
    const plain = () => [...events].map((event) => (event as View<RegistryEvent>).toObject());
    const before = structuredClone(plain());
    for (const event of plain()) {
      for (const change of changesOf(event)) {
        Object.assign(change.entry.peerId, { nodeId: 'changed' });
        (change.entry.links as unknown[]).push('x');
        Object.assign(change.entry, { tier: 'changed' });
        if (change.kind === 'PeerUpdated')
          Object.assign(change.old.connectionMetrics, { latencyMs: 99 });
      }
    }
    expect(plain()).toEqual(before);
    expect(
      [...events.changes()].every(({ entry }) => entry.peerId.nodeId.startsWith('peer-')),
    ).toBe(true);
  });

  it('keeps what toObject returned when the run is filled anew', async () => {
    const { events, reader, registry } = await eventsOf((open) => open.upsert(peerNumbered(1)));
    const [view] = [...events] as View<PeerChange>[];
    const kept = view!.toObject();
    await registry.upsert(peerNumbered(2));
    expect(reader.read()).toBe('events');
    events.load(reader.run);
    expect(view!.nodeId).toBe('peer-2');
    expect(kept.nodeId).toBe('peer-1');
    expect(events.size).toBe(1);
  });

  it('prints and serializes as plain events', async () => {
    const { events } = await eventsOf((registry) =>
      registry.commitBatch(new BatchUpdate().upsert(peerNumbered(1)).upsert(peerNumbered(2))),
    );
    const [event] = [...events] as View<RegistryEvent>[];
    expect(JSON.parse(JSON.stringify(event))).toEqual(event!.toObject());
    expect(inspect(event!.toObject(), { depth: 4 })).toContain("nodeId: 'peer-2'");
  });
});
