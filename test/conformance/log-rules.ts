import type { Note } from '../fixtures/black-box.mjs';
import type { ModelChange, NetworkModel } from '../fixtures/network-model.js';
import type { Seen, SeenChange } from '../fixtures/recorder.observer.mjs';

/*
 * The rules of following the log as checkers: each looks at what one observer saw, from the outside,
 * and names every place that breaks it. They are tested on histories that must fail.
 */

type Step = (note: Note, previous: Note | undefined) => string | undefined;

/** Looks at every note beside the one before it, within each incarnation. */
function inPairs(notes: readonly Note[], step: Step): string[] {
  return notes.flatMap((note, index) => {
    const before = notes[index - 1];
    const previous = before?.incarnation === note.incarnation ? before : undefined;
    return step(note, previous) ?? [];
  });
}

/** W1: seq never goes back within an incarnation. */
export const goingBack = (notes: readonly Note[]): string[] =>
  inPairs(notes, ({ seq }, previous) =>
    previous !== undefined && seq < previous.seq ? `${seq} after ${previous.seq}` : undefined,
  );

/** W2: no seq twice within an incarnation, and none that a snapshot stood for already. */
export function repeated(notes: readonly Note[]): string[] {
  let seen = new Set<number>();
  let covered = 0;
  return inPairs(notes, ({ seq, isSnapshot }, previous) => {
    if (previous === undefined) {
      seen = new Set();
      covered = 0;
    }
    if (isSnapshot) {
      covered = Math.max(covered, seq);
      return undefined;
    }
    const isRepeated = seen.has(seq) || seq <= covered;
    seen.add(seq);
    return isRepeated ? `${seq} again` : undefined;
  });
}

/** W4: nothing is missing between two events, unless a snapshot stands between them. */
export const missing = (notes: readonly Note[]): string[] =>
  inPairs(notes, ({ seq, isSnapshot }, previous) => {
    if (isSnapshot || previous === undefined || previous.isSnapshot) return undefined;
    return seq > previous.seq + 1 ? `${seq} after ${previous.seq}` : undefined;
  });

/** W5: an incarnation begins with a snapshot, and the first event after one at S is S + 1. */
export const badResumption = (notes: readonly Note[]): string[] =>
  inPairs(notes, ({ seq, isSnapshot }, previous) => {
    if (isSnapshot) return undefined;
    if (previous === undefined) return `${seq} without a snapshot`;
    const isWrong = previous.isSnapshot && seq !== previous.seq + 1;
    return isWrong ? `${seq} after a snapshot at ${previous.seq}` : undefined;
  });

/** An observer's cursor, and how many notes it had written when somebody read that cursor. */
export interface ProgressPoint {
  readonly cursor: number;
  readonly notes: number;
}

/** W6: nothing at or below an announced cursor arrives after it, and what it announces was there. */
export function afterProgress(notes: readonly Note[], points: readonly ProgressPoint[]): string[] {
  return points.flatMap(({ cursor, notes: length }) => {
    const late = notes.slice(length).find(({ seq, isSnapshot }) => !isSnapshot && seq <= cursor);
    const reached = notes.slice(0, length).some(({ seq }) => seq >= cursor);
    if (late !== undefined) return [`${late.seq} after progress to ${cursor}`];
    return reached || cursor === 0 ? [] : [`progress to ${cursor} that was not made`];
  });
}

/** W3: each event holds exactly what its transaction changed, in order and in one piece. */
export function tornTransactions(seen: readonly Seen[], model: NetworkModel): string[] {
  return seen.flatMap((item) => {
    if (item.type === 'snapshot') return [];
    const expected = model.changesOf(item.seq);
    const isBatch = item.kind === 'BatchUpdate';
    const isWhole = item.changes.length === expected.length && isBatch === expected.length > 1;
    const differing = item.changes.find((change, at) => !isSame(change, expected[at], item.seq));
    return isWhole && differing === undefined
      ? []
      : [`${item.seq}: ${item.changes.length} of ${expected.length} changes, ${differing?.nodeId}`];
  });
}

const isSame = (got: SeenChange, expected: ModelChange | undefined, seq: number): boolean =>
  got.seq === seq &&
  got.kind === expected?.kind &&
  got.nodeId === expected.nodeId &&
  got.old === expected.old &&
  got.now === expected.now;

/** W8: the old entry is the new one of that peer's change before; an added peer has none before it. */
export function falseOldEntries(seen: readonly Seen[]): string[] {
  const known = new Map<string, string>();
  const violations: string[] = [];
  for (const item of seen) {
    if (item.type === 'snapshot') {
      known.clear();
      for (const [nodeId, stamp] of item.peers) known.set(nodeId, stamp);
      continue;
    }
    for (const { seq, nodeId, old, now } of item.changes) {
      if (known.get(nodeId) !== old) violations.push(`${seq}: what ${nodeId} was is not so`);
      if (now === undefined) known.delete(nodeId);
      else known.set(nodeId, now);
    }
  }
  return violations;
}
