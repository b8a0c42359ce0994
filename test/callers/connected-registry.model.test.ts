import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { encoded } from '../../packages/core/src/peers/peer-entry.fixture.js';
import { PeerTable } from '../../packages/core/src/peers/peer-table.js';
import type { BatchUpdate } from '../../packages/core/src/registry/batch-update.js';
import { ConnectedRegistry } from '../../packages/core/src/registry/connected-registry.fixture.js';
import { ManualClock } from '../../packages/core/src/registry/manual-clock.fixture.js';
import { changesOf } from '../../packages/core/src/registry/open-registry.fixture.js';
import { RegistryModel } from '../../packages/core/src/registry/registry-model.fixture.js';
import {
  type Act,
  type ScriptTarget,
  answerOwed,
  answersOf,
  anyRound,
  options,
  rules,
  start,
} from '../../packages/core/src/registry/registry-script.fixture.js';
import { PanoptesError } from '../../packages/core/src/errors.js';
import { openPort } from '../../packages/workers/src/connection/registry-port.js';
import { CallerThread } from '../fixtures/caller-thread.js';

/** A registry whose port can be opened, as that of `createRegistry` can. */
class PortedRegistry extends ConnectedRegistry {
  openThread(): CallerThread {
    return new CallerThread(openPort(this.callers as never, {}));
  }
}

/** An error as the caller's thread tells of it. */
class ToldError extends PanoptesError {
  readonly code: string;
  readonly position: number | undefined;
  constructor({
    code,
    position,
    message,
  }: {
    code: string;
    position?: number | undefined;
    message: string;
  }) {
    super(message);
    this.code = code;
    this.position = position;
  }
}

/** Has a thread do what a script asks of a registry. */
function through(thread: CallerThread, registry: PortedRegistry): ScriptTarget {
  const told = (outcome: Promise<unknown>): Promise<never> =>
    outcome.catch((error: unknown) => {
      throw new ToldError(error as ToldError);
    }) as Promise<never>;
  const command =
    (method: string) =>
    (...args: unknown[]): Promise<never> =>
      told(thread.call('command', method, ...args));
  return {
    ...{ upsert: command('upsert'), remove: command('remove'), update: command('update') },
    updateByDid: command('updateByDid'),
    updateByPublicKey: command('updateByPublicKey'),
    commitBatch: (batch: BatchUpdate) => {
      const steps = batch.steps.map((step) => {
        if (step.kind === 'upsert') return [step.kind, step.peer];
        return step.kind === 'update'
          ? [step.kind, step.nodeId, step.patch]
          : [step.kind, step.nodeId];
      });
      return told(thread.call('batch', steps));
    },
    peers: registry.peers,
  };
}

/** Functions cannot cross. */
const crosses = (act: Act | Act[]): boolean =>
  Array.isArray(act) || typeof act.change !== 'function';

const runs = 60;
const threads: CallerThread[] = [];
afterAll(() => Promise.all(threads.map((thread) => thread.end())));

it('the registry agrees with the plain model also where commands come from another thread', async () => {
  const tally = new Map<string, number>();
  const seenOf = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
  const script = fc.array(anyRound, { minLength: 4, maxLength: 14 });
  const policy = fc.constantFrom('clamp' as const, 'refuse' as const);
  await fc.assert(
    fc.asyncProperty(script, policy, async (rounds, futureTimes) => {
      const peers = { ...options.peers, futureTimes };
      const registry = new PortedRegistry({ ...options, peers }, new ManualClock(start));
      const thread = registry.openThread();
      threads.push(thread);
      const target = through(thread, registry);
      const model = new RegistryModel({ ...rules, futureTimes });
      for (const { acts, oneByOne, pass } of rounds) {
        const now = registry.time.now();
        const round = { acts: acts.filter(crosses), oneByOne };
        const answers = await answersOf(target, round);
        const owed = round.acts.map((act) => answerOwed(model, act, now));
        expect(answers).toEqual(owed);
        for (const answer of owed) seenOf((answer as { code?: string }).code ?? 'committed');
        registry.time.advance(pass);
      }
      const seen = registry
        .newEvents()
        .map((event) => changesOf(event).map(({ kind, entry }) => ({ kind, entry })));
      expect(seen).toEqual(
        model.transactions.map((changes) => changes.map(({ kind, entry }) => ({ kind, entry }))),
      );
      const table = new PeerTable();
      for (const entry of model.peers.all()) {
        const { memory, base } = encoded(entry);
        table.add(entry.peerId.nodeId, memory, base);
      }
      expect(registry.digest()).toBe(table.digest());
      await registry.close();
      await thread.end();
    }),
    { numRuns: runs },
  );
  const codes = ['BATCH_REFUSED', 'IDENTITY_CONFLICT', 'DID_INVALID', 'PEER_INVALID', 'committed'];
  for (const code of [...codes, 'PEER_NOT_FOUND']) {
    expect(tally.get(code) ?? 0, code).toBeGreaterThan(5);
  }
});
