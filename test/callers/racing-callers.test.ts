import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CallerThread, newTickets } from '../fixtures/caller-thread.js';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { type Call, type Operation, strayCalls } from '../voting/history.js';
import { peer } from '../voting/scene.js';

const threads = 3;
const linesEach = 3;
const callsEach = 150;
const peers = 3;

let registry: PeerRegistry;
const callers: CallerThread[] = [];
beforeAll(async () => {
  registry = await createRegistry();
  const tickets = newTickets();
  for (let at = 0; at < threads; at++) {
    callers.push(new CallerThread(registry.port(), { tickets }));
  }
});
afterAll(async () => {
  await Promise.all(callers.map((caller) => caller.end()));
  await registry.close();
});

function operationsFrom(seed: string): Operation[] {
  const chance = new SeededChance(seed);
  const pick = (count: number): number => Math.floor(chance.next() * count);
  return Array.from({ length: callsEach }, () => {
    const number = pick(peers);
    const nodeId = `peer-${number}`;
    return (
      [
        { kind: 'put', nodeId, entry: peer(number, { tokensEarned: pick(4) }) },
        { kind: 'set', nodeId, tokens: pick(4) },
        { kind: 'set', nodeId, tokens: pick(4) },
        { kind: 'remove', nodeId },
        { kind: 'read', nodeId },
        { kind: 'read', nodeId },
      ] as const
    )[pick(6)]!;
  });
}

/** A call as its thread tells of it: when it began and ended, by a clock that all threads share. */
interface TimedCall {
  readonly began: number;
  readonly ended: number;
  readonly answer: Call['answer'];
}

const committedAt = ({ answer }: TimedCall): number | undefined =>
  'seq' in answer && answer.change !== 'unchanged' ? answer.seq : undefined;

/**
 * Between which seqs each call must have been done: after all that ended before it began, and before all
 * that began after it had ended.
 */
function bounded(calls: readonly (TimedCall & { readonly operation: Operation })[]): Call[] {
  const last = Math.max(...calls.map((call) => committedAt(call) ?? 0));
  return calls.map(({ operation, began, ended, answer }) => {
    let [calledAt, answeredAt] = [0, last];
    for (const other of calls) {
      const seq = committedAt(other);
      if (seq === undefined) continue;
      if (other.ended < began) calledAt = Math.max(calledAt, seq);
      if (other.began > ended) answeredAt = Math.min(answeredAt, seq - 1);
    }
    return { operation, calledAt, answeredAt, answer };
  });
}

it('threads that race on the same peers see a history that is linearizable', async () => {
  const lines = Array.from({ length: threads * linesEach }, async (_, line) => {
    const operations = operationsFrom(`callers ${line}`);
    const thread = callers[line % threads]!;
    const timed = (await thread.call('sequence', operations)) as TimedCall[];
    return timed.map((call, at) => ({ ...call, operation: operations[at]! }));
  });
  const calls = (await Promise.all(lines)).flat();
  expect(calls).toHaveLength(threads * linesEach * callsEach);
  const history = bounded(calls);
  expect(strayCalls(history, registry.lastSeq)).toEqual([]);
  // They did race: many calls had several moments to choose from.
  const wide = history.filter(({ calledAt, answeredAt }) => answeredAt - calledAt > 1);
  expect(wide.length).toBeGreaterThan(calls.length / 4);
  const codes = new Set(history.map(({ answer }) => ('code' in answer ? answer.code : 'ok')));
  expect([...codes].sort()).toEqual(['PEER_NOT_FOUND', 'ok']);
});

it('the bounds find an answer that came too early, and a read that is stale', () => {
  const [one, two] = [peer(1, { tokensEarned: 1 }), peer(1, { tokensEarned: 2 })];
  const put = (entry: typeof one, seq: number, began: number, change: string) => ({
    ...{ operation: { kind: 'put', nodeId: 'peer-1', entry } as const, began, ended: began + 1 },
    answer: { seq, change },
  });
  const read = (began: number, tokens: number) => ({
    ...{ operation: { kind: 'read', nodeId: 'peer-1' } as const, began, ended: began + 1 },
    answer: { tokens },
  });
  const history = [put(one, 1, 0, 'added'), put(two, 2, 10, 'updated')];
  expect(strayCalls(bounded([...history, read(5, 1), read(20, 2)]), 2)).toEqual([]);
  expect(strayCalls(bounded([...history, read(20, 1)]), 2)).toHaveLength(1);
  expect(strayCalls(bounded([...history, read(5, 2)]), 2)).toHaveLength(1);
  const swapped = [put(one, 2, 0, 'updated'), put(two, 1, 10, 'added')];
  expect(strayCalls(bounded(swapped), 2).length).toBeGreaterThan(0);
});
