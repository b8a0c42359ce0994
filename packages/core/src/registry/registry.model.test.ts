import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encoded } from '../peers/peer-entry.fixture.js';
import { PeerTable } from '../peers/peer-table.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry, changesOf } from './open-registry.fixture.js';
import { RegistryModel } from './registry-model.fixture.js';
import {
  answerOwed,
  answersOf,
  anyRound,
  options,
  rules,
  start,
} from './registry-script.fixture.js';

describe('the registry', () => {
  it('W8 agrees with a plain sequential model: results, errors, final state, and every event', async () => {
    // What the scripts brought about, so that a lucky generator is no proof.
    const tally = new Map<string, number>();
    const seenOf = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
    const script = fc.array(anyRound, { minLength: 4, maxLength: 14 });
    const policy = fc.constantFrom('clamp' as const, 'refuse' as const);
    await fc.assert(
      fc.asyncProperty(script, policy, async (rounds, futureTimes) => {
        const peers = { ...options.peers, futureTimes };
        const registry = new OpenRegistry({ ...options, peers }, new ManualClock(start));
        const model = new RegistryModel({ ...rules, futureTimes });
        for (const round of rounds) {
          const now = registry.time.now();
          const answers = await answersOf(registry, round);
          const owed = round.acts.map((act) => answerOwed(model, act, now));
          expect(answers).toEqual(owed);
          for (const answer of owed) seenOf((answer as { code?: string }).code ?? 'committed');
          registry.time.advance(round.pass);
          if (round.cleanup) {
            const removed = model.cleanup(registry.time.now());
            expect(await registry.cleanupExpired()).toEqual({
              removed,
              seq: model.transactions.length,
            });
          }
        }
        const events = registry.newEvents();
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
        expect(events.map(({ at }) => at)).toEqual(model.times);
        const seen = events.map((event) =>
          changesOf(event).map(({ seq, at, ...change }) => {
            expect([seq, at]).toEqual([event.seq, event.at]);
            if (change.kind !== 'PeerUpdated') return change;
            const { changed, ...rest } = change;
            expect(changed.length).toBeGreaterThan(0);
            return rest;
          }),
        );
        expect(seen).toEqual(model.transactions);
        const table = new PeerTable();
        for (const entry of model.peers.all()) {
          const { memory, base } = encoded(entry);
          table.add(entry.peerId.nodeId, memory, base);
        }
        expect(registry.digest()).toBe(table.digest());
        const changes = model.transactions.flat();
        for (const { entry } of changes) if (entry.lastSeen > start) seenOf('after the start');
        for (const { kind, reason } of changes) seenOf(`${kind} ${reason ?? ''}`);
        const removed = changes.filter(({ kind }) => kind === 'PeerRemoved');
        expect(registry.counters).toMatchObject({
          committed: model.transactions.length,
          added: changes.filter(({ kind }) => kind === 'PeerAdded').length,
          updated: changes.filter(({ kind }) => kind === 'PeerUpdated').length,
          removed: removed.length,
          evicted: removed.filter(({ reason }) => reason === 'evicted').length,
          expired: removed.filter(({ reason }) => reason === 'expired').length,
        });
        await registry.close();
      }),
      { numRuns: 150 },
    );
    const outcomes = ['evicted', 'expired', 'requested'].map((reason) => `PeerRemoved ${reason}`);
    expect(tally.get('after the start') ?? 0).toBeGreaterThan(9);
    const codes = ['BATCH_REFUSED', 'IDENTITY_CONFLICT', 'DID_INVALID', 'PEER_INVALID'];
    for (const what of [...outcomes, ...codes, 'PeerAdded ', 'PeerUpdated ', 'PEER_NOT_FOUND']) {
      expect(tally.get(what) ?? 0, what).toBeGreaterThan(9);
    }
  });
});
