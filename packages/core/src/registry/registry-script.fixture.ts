import fc from 'fast-check';
import { PanoptesError } from '../errors.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import { BatchUpdate } from './batch-update.js';
import type { OpenRegistry } from './open-registry.fixture.js';
import type { ModelOutcome, ModelStep, RegistryModel } from './registry-model.fixture.js';

const nodes = 7;
export const rules = {
  maxPeers: 3,
  ttlMs: 15_000,
  maxBatchChanges: 4,
  maxFutureMs: 2_000,
  futureTimes: 'clamp' as 'clamp' | 'refuse',
};
export const options = {
  log: { logBytes: 2 ** 20 },
  peers: {
    maxPeers: rules.maxPeers,
    peerTtlSecs: rules.ttlMs / 1000,
    maxFutureSecs: rules.maxFutureMs / 1000,
    futureTimes: rules.futureTimes,
  },
  commands: { maxBatchChanges: rules.maxBatchChanges },
};
export const start = 1_000_000;

/** What a caller does, and the same for the model. */
export interface Act {
  readonly step: ModelStep;
  readonly change?: PeerPatch | ((entry: PeerEntry) => PeerEntry | undefined);
  readonly by?: 'nodeId' | 'did' | 'publicKey' | 'insert';
}

/** Where a script's commands go: a registry, or what brings them to one. */
export type ScriptTarget = Pick<
  OpenRegistry,
  'upsert' | 'remove' | 'update' | 'updateByDid' | 'updateByPublicKey' | 'commitBatch' | 'peers'
>;

/** Milliseconds before the start; less than none is after it. */
const ago = fc.oneof(
  { weight: 9, arbitrary: fc.nat(15_000) },
  { weight: 1, arbitrary: fc.integer({ min: -30_000, max: 0 }) },
);

const anyPeer = fc
  .record({
    node: fc.nat(nodes - 1),
    stranger: fc.oneof(
      { weight: 7, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.nat(nodes - 1) },
    ),
    seen: ago,
    first: ago,
    tier: fc.constantFrom('tier1' as const, 'tier3' as const, 'untrusted' as const),
    link: fc.option(fc.string({ minLength: 1, maxLength: 9, unit: 'grapheme-ascii' }), {
      nil: undefined,
    }),
    method: fc.constantFrom(
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'zhtp',
      'key',
    ),
  })
  .map(({ node, stranger, seen, first, tier, link, method }) => {
    const identity = (stranger ?? node) + 16;
    return peerNumbered(
      node,
      {
        lastSeen: start - seen,
        firstSeen: start - first,
        tier,
        ...(link === undefined ? {} : { nextHop: link }),
      },
      {
        publicKey: identity.toString(16),
        did: `did:${method}:${identity.toString(16).padStart(16, '0')}`,
      },
    );
  });

const anyUpsert: fc.Arbitrary<Act> = fc
  .record({ peer: anyPeer, allowIdentityChange: fc.boolean() })
  .map((step) => ({ step: { kind: 'upsert', ...step } }));
const anyRemove: fc.Arbitrary<Act> = fc
  .nat(nodes - 1)
  .map((node) => ({ step: { kind: 'remove', nodeId: `peer-${node}` } }));

const sameBy = (next: (entry: PeerEntry) => PeerEntry | undefined) => ({ next, change: next });
const anyChange = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map((trustScore) => ({
    next: (entry: PeerEntry) => ({ ...entry, trustScore: trustScore + 0 }),
    change: { trustScore },
  })),
  ago.map((seen) => ({
    next: (entry: PeerEntry) => ({ ...entry, lastSeen: start - seen }),
    change: { lastSeen: start - seen },
  })),
  fc.nat(9).map((latencyMs) => ({
    next: (entry: PeerEntry) => ({
      ...entry,
      connectionMetrics: { ...entry.connectionMetrics, latencyMs },
    }),
    change: { connectionMetrics: { latencyMs } },
  })),
  fc
    .constantFrom('tier1' as const, 'tier2' as const)
    .map((tier) => sameBy((entry) => ({ ...entry, tier }))),
  fc.constant({ next: () => undefined, change: {} }),
  fc.constant(sameBy(() => undefined)),
  fc.constant({ next: () => undefined, change: { trustScore: 7 }, fails: 'PEER_INVALID' }),
  fc.constant({ next: () => undefined, change: { colour: 7 } as PeerPatch, fails: 'PEER_INVALID' }),
  fc.constant({
    next: () => undefined,
    change: (entry: PeerEntry) => ({ ...entry, peerId: { ...entry.peerId, nodeId: 'else' } }),
    fails: 'IDENTITY_CONFLICT',
  }),
  fc.constant({
    next: () => undefined,
    change: { peerId: { publicKey: 'dead' } },
    fails: 'IDENTITY_CONFLICT',
  }),
  fc.constant({
    next: () => undefined,
    change: (): PeerEntry => {
      throw new Error('the caller’s own');
    },
    fails: 'PEER_UPDATE_FAILED',
  }),
);
const anyUpdate: fc.Arbitrary<Act> = fc
  .record({
    node: fc.nat(nodes - 1),
    change: anyChange,
    by: fc.constantFrom('nodeId' as const, 'did' as const, 'publicKey' as const),
  })
  .map(({ node, change: { change, ...model }, by }) => ({
    step: { kind: 'update', nodeId: `peer-${node}`, ...model },
    change,
    by,
  }));

const isPatch = ({ step, change }: Act) => step.kind !== 'update' || typeof change === 'object';
const anyBatch = fc.array(fc.oneof(anyUpsert, anyRemove, anyUpdate.filter(isPatch)), {
  maxLength: 3,
});
/** Commands that are issued together, then time that passes, then perhaps a cleanup. */
export const anyRound = fc.record({
  acts: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: anyUpsert },
      { weight: 1, arbitrary: anyRemove },
      { weight: 3, arbitrary: anyUpdate },
      { weight: 2, arbitrary: anyBatch },
    ),
    { maxLength: 6 },
  ),
  pass: fc.constantFrom(0, 0, 1_000, 9_000),
  cleanup: fc.constantFrom(false, false, false, false, true),
  oneByOne: fc.boolean(),
});

/** Issues the commands of a round, each after the last one's answer or all at once. */
export async function answersOf(
  registry: ScriptTarget,
  { acts, oneByOne }: { readonly acts: readonly (Act | Act[])[]; readonly oneByOne: boolean },
): Promise<unknown[]> {
  const answers: Promise<unknown>[] = [];
  for (const act of acts) {
    // Found by node id when issued together, since an earlier one may change the identity.
    const one = oneByOne || Array.isArray(act) ? act : { ...act, by: 'nodeId' as const };
    const answer = settledAs(issue(registry, one));
    answers.push(answer);
    if (oneByOne) await answer;
  }
  return Promise.all(answers);
}

/** Has the model do the same, and gives the answer that the registry owes. */
export function answerOwed(model: RegistryModel, act: Act | Act[], now: number): unknown {
  const isBatch = Array.isArray(act);
  const outcome = isBatch ? model.batch(act.map(inBatch), now) : model.step(act.step, now);
  return answerTo(outcome, isBatch, model.transactions.length);
}

/** The identity by which an update asks for a peer, as the registry knows it just then. */
function issue(registry: ScriptTarget, act: Act | Act[]): Promise<object> {
  if (Array.isArray(act)) {
    const batch = new BatchUpdate();
    for (const { step, change } of act) {
      if (step.kind === 'upsert') batch.upsert(step.peer);
      else if (step.kind === 'remove') batch.remove(step.nodeId);
      else batch.update(step.nodeId, change as PeerPatch);
    }
    return registry.commitBatch(batch);
  }
  const { step, change, by } = act;
  if (step.kind === 'upsert') {
    return registry.upsert(step.peer, { allowIdentityChange: step.allowIdentityChange === true });
  }
  if (step.kind === 'remove') return registry.remove(step.nodeId);
  const known = registry.peers.get(step.nodeId);
  if (by === 'did' && known !== undefined) return registry.updateByDid(known.peerId.did, change!);
  if (by === 'publicKey' && known !== undefined) {
    return registry.updateByPublicKey(known.peerId.publicKey, change!);
  }
  return registry.update(step.nodeId, change!);
}

/** A batch's steps never allow a changed identity. */
const inBatch = ({ step }: Act): ModelStep =>
  step.kind === 'upsert' ? { kind: 'upsert', peer: step.peer } : step;

function answerTo(outcome: ModelOutcome, isBatch: boolean, seq: number): unknown {
  if ('code' in outcome) {
    return { code: outcome.code, ...('position' in outcome ? { position: outcome.position } : {}) };
  }
  const { changes } = outcome;
  const count = (kind: string, reason?: string) =>
    changes.filter((change) => change.kind === kind && change.reason === reason).length;
  if (isBatch) {
    return {
      seq,
      change: changes.length === 0 ? 'unchanged' : 'committed',
      added: count('PeerAdded'),
      updated: count('PeerUpdated'),
      removed: count('PeerRemoved', 'requested'),
      evicted: count('PeerRemoved', 'evicted'),
    };
  }
  const verbs = { PeerAdded: 'added', PeerUpdated: 'updated', PeerRemoved: 'removed' };
  const last = changes.at(-1);
  return { seq, change: last === undefined ? 'unchanged' : verbs[last.kind] };
}

export const settledAs = (promise: Promise<object>): Promise<unknown> =>
  promise.catch((error: unknown) => {
    if (!(error instanceof PanoptesError)) throw error;
    const position = (error as { position?: number }).position;
    return { code: error.code, ...(position === undefined ? {} : { position }) };
  });
