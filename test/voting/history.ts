import { isDeepStrictEqual } from 'node:util';
import type { PeerEntry } from '@panoptes/core';

/** What a caller did, as a function of the state; `undefined` removes the peer. */
export type Operation =
  | { readonly kind: 'put'; readonly nodeId: string; readonly entry: PeerEntry }
  | { readonly kind: 'earn'; readonly nodeId: string; readonly tokens: number }
  | { readonly kind: 'set'; readonly nodeId: string; readonly tokens: number }
  | { readonly kind: 'remove'; readonly nodeId: string }
  | { readonly kind: 'read'; readonly nodeId: string };

/** One operation from its call to its answer. */
export interface Call {
  readonly operation: Operation;
  /** The last seq when it was called, and when it was answered. */
  readonly calledAt: number;
  readonly answeredAt: number;
  /** What a command resolved with, the code of its refusal, or what was read. */
  readonly answer:
    | { readonly seq: number; readonly change: string }
    | { readonly code: string }
    | { readonly tokens: number | undefined };
}

type State = ReadonlyMap<string, PeerEntry>;

interface Step {
  readonly answer: Record<string, unknown>;
  /** The peer's next entry, if the operation commits. */
  readonly next?: PeerEntry | undefined;
}

/** The operation done alone: its answer, without a seq, and what it does. */
function alone(state: State, operation: Operation): Step {
  const old = state.get(operation.nodeId);
  switch (operation.kind) {
    case 'read':
      return { answer: { tokens: old?.tokensEarned } };
    case 'remove':
      return old === undefined
        ? { answer: { change: 'unchanged' } }
        : { answer: { change: 'removed' }, next: undefined };
    case 'earn':
    case 'set': {
      if (old === undefined) return { answer: { code: 'PEER_NOT_FOUND' } };
      const before = operation.kind === 'set' ? 0 : old.tokensEarned;
      return written(old, { ...old, tokensEarned: before + operation.tokens });
    }
    case 'put':
      return written(old, operation.entry);
  }
}

function written(old: PeerEntry | undefined, next: PeerEntry): Step {
  if (old !== undefined && isDeepStrictEqual(old, next)) return { answer: { change: 'unchanged' } };
  if (next.tokensEarned % 5 === 4) return { answer: { code: 'OBSERVER_VETO' } };
  return { answer: { change: old === undefined ? 'added' : 'updated' }, next };
}

/**
 * Checks that a history is linearizable (Herlihy and Wing, 1990): there is a moment between each
 * operation's call and its answer at which it could have been done alone. For one that committed, its
 * seq names that moment; for the others one is looked for.
 *
 * @returns the calls for which there is none
 */
export function strayCalls(history: readonly Call[], lastSeq: number): Call[] {
  const committed = new Map<number, Call>();
  const stray: Call[] = [];
  for (const call of history) {
    const { answer } = call;
    if (!('seq' in answer) || answer.change === 'unchanged') continue;
    if (committed.has(answer.seq)) stray.push(call);
    committed.set(answer.seq, call);
  }
  const states: State[] = [new Map()];
  for (let seq = 1; seq <= lastSeq; seq++) {
    const call = committed.get(seq);
    if (call === undefined) throw new Error(`nobody was told of transaction ${seq}`);
    const before = states[seq - 1]!;
    const { answer, next } = alone(before, call.operation);
    const isTimely = call.calledAt < seq && seq <= call.answeredAt;
    if (!isTimely || !isDeepStrictEqual({ ...answer, seq }, call.answer)) stray.push(call);
    const after = new Map(before);
    if (next === undefined) after.delete(call.operation.nodeId);
    else after.set(call.operation.nodeId, next);
    states.push(after);
  }
  const others = history.filter((call) => ![...committed.values()].includes(call));
  for (const call of others) {
    const { answer, operation, calledAt, answeredAt } = call;
    const expected = 'seq' in answer ? { change: answer.change } : answer;
    const moments = 'seq' in answer ? [answer.seq] : range(calledAt, answeredAt);
    const isPossible = moments.some(
      (seq) =>
        calledAt <= seq &&
        seq <= answeredAt &&
        isDeepStrictEqual(alone(states[seq]!, operation).answer, expected),
    );
    if (!isPossible) stray.push(call);
  }
  return stray;
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
