import { BatchUpdate, type PanoptesError } from '@panoptes/core';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProbedRegistry } from '../fixtures/probed-registry.js';
import { type Part, Scene, peer } from './scene.js';

/** What comes of a command: `commits`, or the code with which it is refused. */
type Outcome = string;

/** Every way in which a critical observer may vote or fail to, and what that comes to. */
const voters: readonly [
  voter: string,
  part: Part,
  outcomes: { readonly abort: Outcome; readonly proceed: Outcome },
][] = [
  ['accepts', {}, { abort: 'commits', proceed: 'commits' }],
  ['vetoes', { conduct: 'vetoes' }, { abort: 'OBSERVER_VETO', proceed: 'OBSERVER_VETO' }],
  ['throws', { conduct: 'throws' }, { abort: 'VOTE_FAILED', proceed: 'commits' }],
  ['rejects', { conduct: 'rejects' }, { abort: 'VOTE_FAILED', proceed: 'commits' }],
  [
    'never answers',
    { conduct: 'never answers', isLate: true },
    { abort: 'VOTE_TIMEOUT', proceed: 'commits' },
  ],
  [
    'answers late',
    { conduct: 'waits', isLate: true },
    { abort: 'VOTE_TIMEOUT', proceed: 'commits' },
  ],
  ['crashes mid-vote', { conduct: 'exits' }, { abort: 'VOTE_FAILED', proceed: 'commits' }],
  ['is hung', { conduct: 'hangs', isLate: true }, { abort: 'VOTE_TIMEOUT', proceed: 'commits' }],
  [
    'is restarting',
    { down: 'crashed', options: { restart: { minBackoffMs: 2 ** 30, maxBackoffMs: 2 ** 30 } } },
    { abort: 'OBSERVER_UNAVAILABLE', proceed: 'commits' },
  ],
  [
    'is quarantined',
    { down: 'crashed', options: { restart: { maxRestarts: 0 } } },
    { abort: 'OBSERVER_UNAVAILABLE', proceed: 'commits' },
  ],
  ['is paused', { down: 'paused' }, { abort: 'OBSERVER_UNAVAILABLE', proceed: 'commits' }],
  [
    'is unregistered mid-vote',
    { conduct: 'waits', meanwhile: 'unregister' },
    { abort: 'commits', proceed: 'commits' },
  ],
  [
    'is restarted mid-vote',
    { conduct: 'waits', meanwhile: 'restart' },
    { abort: 'VOTE_FAILED', proceed: 'commits' },
  ],
  [
    'is paused mid-vote, and accepts before it is',
    { conduct: 'waits', meanwhile: 'pause' },
    { abort: 'commits', proceed: 'commits' },
  ],
];

/** Ways to answer for which a transaction that commits does so with every vote it needs. */
const complete = [
  'accepts',
  'is unregistered mid-vote',
  'is paused mid-vote, and accepts before it is',
];

/** Every kind of command. Each is about peers of its own; one that evicts needs a full registry. */
const commands: readonly [
  command: string,
  send: (registry: ProbedRegistry) => Promise<object>,
  isFull?: boolean,
][] = [
  ['upsert of a new peer', (registry) => registry.upsert(peer(100))],
  ['upsert of a known peer', (registry) => registry.upsert(peer(0, { tier: 'tier1' }))],
  ['upsert that evicts', (registry) => registry.upsert(peer(101)), true],
  ['remove', (registry) => registry.remove('peer-1')],
  ['batch of 500', (registry) => registry.commitBatch(batchOf500())],
  [
    'update by a function',
    (registry) => registry.update('peer-4', (entry) => ({ ...entry, hopCount: 3 })),
  ],
  ['sweep of expired peers', (registry) => registry.cleanupExpired()],
];

function batchOf500(): BatchUpdate {
  const batch = new BatchUpdate().remove('peer-2').update('peer-3', { tokensEarned: 7 });
  for (let number = 0; number < 498; number++) batch.upsert(peer(1_000 + number));
  return batch;
}

const codeOf = (promise: Promise<object>): Promise<string | object> =>
  promise.catch((error: unknown) => (error as PanoptesError).code);

/** Of processes one policy and some commands: what becomes of a transaction is decided on the registry's side. */
const overPipes = ['upsert of a new peer', 'upsert that evicts', 'batch of 500'];
const commandsFor = {
  thread: commands,
  process: commands.filter(([name]) => overPipes.includes(name)),
};

describe.each([
  ['abort', 'thread'],
  ['proceed', 'thread'],
  ['abort', 'process'],
] as const)('onVoteFailure: %s, %s', (policy, host) => {
  describe.each(voters)('V3 with a voter that %s', (voter, part, outcomes) => {
    const outcome = outcomes[policy];
    const scenes = new Map<boolean, Promise<Scene>>();
    const sceneOf = (isFull: boolean): Promise<Scene> => {
      if (!scenes.has(isFull)) scenes.set(isFull, Scene.open(part, policy, isFull, host));
      return scenes.get(isFull)!;
    };
    afterAll(async () => {
      for (const scene of scenes.values()) await (await scene).close();
    });

    it.each(commandsFor[host])(`%s: ${outcome}`, async (_, send, isFull = false) => {
      const scene = await sceneOf(isFull);
      const { registry, twin } = scene;
      const before = { ...registry.counters };
      const trace = registry.trace;
      expect(trace).toBe(twin.trace);

      const result = await codeOf(scene.play(send));
      if (outcome === 'commits') {
        expect(result).toEqual(await send(twin));
        expect(registry.trace).not.toBe(trace);
      } else {
        expect(result).toBe(outcome);
        expect(registry.trace).toBe(trace);
      }
      // Byte for byte: table, indexes, orders and log are those of a registry without voters.
      expect(registry.trace).toBe(twin.trace);
      const { rejected, vetoed, voteFailed, proceededWithout, committed } = registry.counters;
      expect({
        committed: committed - before.committed,
        rejected: rejected - before.rejected,
        vetoed: vetoed - before.vetoed,
        voteFailed: voteFailed - before.voteFailed,
        proceededWithout: proceededWithout - before.proceededWithout,
      }).toEqual({
        committed: outcome === 'commits' ? 1 : 0,
        rejected: outcome === 'commits' ? 0 : 1,
        vetoed: outcome === 'OBSERVER_VETO' ? 1 : 0,
        voteFailed: outcome === 'commits' || outcome === 'OBSERVER_VETO' ? 0 : 1,
        proceededWithout: outcome === 'commits' && !complete.includes(voter) ? 1 : 0,
      });
      await scene.recover();
    });
  });
});
