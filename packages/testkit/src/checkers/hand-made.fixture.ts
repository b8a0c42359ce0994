import { type Subscription, tiers } from '@panoptes/core';
import { HistoryChecker } from './history-checker.js';
import type { EntryMark, HistoryRecord, RunEnding, RunFacts, SeenChange } from './history.js';
import { withPeer } from '@panoptes/core/observer';
import { stampOf } from '../canonical/stamp.js';
import type { Verdicts } from './verdicts.js';

/** The mark of a peer's n-th version; the first is of tier 1, and so on; every third is authenticated. */
export const markOf = (nodeId: string, version: number): EntryMark => ({
  stamp: stampOf(`${nodeId} ${version}`),
  tier: tiers[(version - 1) % tiers.length]!,
  discoveryMethod: version > 5 ? 'dht' : 'mesh-scan',
  authenticated: version % 3 === 0,
  quantumSecure: false,
});

/** A record, with its time and its incarnation. */
export interface Told {
  readonly incarnation: number;
  readonly at: number;
  readonly record: HistoryRecord;
}

const changeForm = /^([+~-])([a-z])(\d)(?:>(\d))?(?:@(\d+))?$/;

function changeOf(text: string, seq: number): SeenChange {
  const [, sign, nodeId = '', first, second, foreign] = changeForm.exec(text) ?? [];
  const head = { seq: Number(foreign ?? seq), nodeId };
  const mark = (version: string | undefined): EntryMark => markOf(nodeId, Number(version));
  switch (sign) {
    case '+':
      return { ...head, kind: 'PeerAdded', now: mark(first) };
    case '~':
      return { ...head, kind: 'PeerUpdated', old: mark(first), now: mark(second) };
    case '-':
      return { ...head, kind: 'PeerRemoved', old: mark(first), reason: 'requested' };
    default:
      throw new Error(`no change: ${text}`);
  }
}

/**
 * Reads a history from a short form, one word a record:
 *
 *     s4(p1,q2)   a snapshot at 4 of p in version 1 and q in version 2; s4/3(p1) says it has 3 peers
 *     5+p1        transaction 5 adds p in version 1; ~p1>2 updates, -p2 removes
 *     6[+p1;-q2]  a batch; +p1@7 is a change of another transaction in it
 *     =6          everything up to 6 is finished
 *     #abc        the digest
 *     |           the next incarnation begins, or with |2 the second; the first begins by itself
 *     ^1          what follows is recorded by incarnation 1
 *     >4          it resumes behind 4
 *     .           it was stopped normally
 *     *           it was given up, and is revived
 *     @500        what follows came at 500 ms
 *
 * Of an observer with an empty one nothing was heard at all.
 */
export function historyOf(text: string): Told[] {
  if (text === '') return [];
  const told: Told[] = [{ incarnation: 1, at: 0, record: { kind: 'start' } }];
  let incarnation = 1;
  let at = 0;
  const say = (record: HistoryRecord): void => void told.push({ incarnation, at, record });
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const [, head = '', number = '', rest = ''] = /^([s=#|@.^*>]?)(\d*)(.*)$/.exec(word)!;
    if (head === '@') at = Number(number);
    else if (head === '|') {
      incarnation = number === '' ? incarnation + 1 : Number(number);
      say({ kind: 'start' });
    } else if (head === '^') incarnation = Number(number);
    else if (head === '.') say({ kind: 'end' });
    else if (head === '*') told.push({ incarnation: 0, at, record: { kind: 'revival' } });
    else if (head === '>') say({ kind: 'resume', seq: Number(number) });
    else if (head === '=') say({ kind: 'progress', seq: Number(number) });
    else if (head === '#') say({ kind: 'digest', digest: `${number}${rest}` });
    else if (head === 's') sayAll(say, snapshotOf(Number(number), rest));
    else {
      const isBatch = rest.startsWith('[');
      const parts = isBatch ? rest.slice(1, -1).split(';') : [rest];
      const changes = parts
        .filter((part) => part !== '')
        .map((part) => changeOf(part, Number(number)));
      say({ kind: 'event', seq: Number(number), isBatch, changes });
    }
  }
  return told;
}

const sayAll = (say: (record: HistoryRecord) => void, records: readonly HistoryRecord[]): void =>
  records.forEach(say);

function snapshotOf(seq: number, text: string): HistoryRecord[] {
  const [, claimed, list = '', closed] = /^(?:\/(\d+))?\(?([^)]*)(\)?)$/.exec(text)!;
  const names = list === '' ? [] : list.split(',');
  return [
    { kind: 'snapshot', seq, size: Number(claimed ?? names.length) },
    ...names.map((name): HistoryRecord => {
      const nodeId = name[0]!;
      return { kind: 'peer', nodeId, now: markOf(nodeId, Number(name.slice(1))) };
    }),
    ...(closed === ')' || text === '' ? [{ kind: 'snapshot-end' } as const] : []),
  ];
}

/** How a run of hand-made histories was set up, where it matters. */
export interface Setting extends Partial<Omit<RunFacts, 'observers'>> {
  /** By observer. */
  readonly filters?: Readonly<Record<string, Subscription>>;
  readonly ending?: RunEnding;
}

/** The end of a run: the last transaction, and the peers in short form, as in `p1,q2`. */
export function endingOf(lastSeq: number, peers: string, ...live: string[]): RunEnding {
  const names = peers === '' ? [] : peers.split(',');
  const sum = names
    .map((name) => markOf(name[0]!, Number(name.slice(1))).stamp)
    .reduce(withPeer, 0);
  return { lastSeq, peers: names.length, sum, live };
}

/** A checker of such a run. */
export const checkerOf = (
  names: readonly string[],
  facts: Partial<Omit<RunFacts, 'observers'>> = {},
  filters: NonNullable<Setting['filters']> = {},
): HistoryChecker =>
  new HistoryChecker({
    maxPeers: 100,
    maxObservers: 10,
    restarts: { maxRestarts: 2, withinMs: 1_000 },
    ...facts,
    observers: names.map((name) => ({
      name,
      kind: 'one',
      ...(filters[name] !== undefined && { filter: filters[name] }),
    })),
  });

/** Has observers' histories checked, one observer's after another's. */
export function check(
  histories: Readonly<Record<string, readonly Told[]>>,
  { filters = {}, ending, ...facts }: Setting = {},
): Verdicts {
  const checker = checkerOf(Object.keys(histories), facts, filters);
  for (const [observer, history] of Object.entries(histories)) {
    for (const { incarnation, at, record } of history) {
      checker.take({ observer, incarnation, at }, record);
    }
  }
  return checker.finish(ending);
}

/** Has hand-made histories checked. */
export const checkTexts = (texts: Readonly<Record<string, string>>, setting?: Setting): Verdicts =>
  check(
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, historyOf(text)])),
    setting,
  );
