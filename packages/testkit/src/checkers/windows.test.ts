import type { Subscription } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { HistoryChecker } from './history-checker.js';
import { markOf } from './hand-made.fixture.js';
import type { HistoryRecord } from './history.js';

/** A peer that changes to and fro: transaction `seq` of an endless log. */
function eventAt(seq: number): HistoryRecord {
  const [old, now] = [markOf('p', 1 + (seq % 2)), markOf('p', 1 + ((seq + 1) % 2))];
  const change = { kind: 'PeerUpdated', seq, nodeId: 'p', old, now } as const;
  return { kind: 'event', seq, isBatch: false, changes: [change] };
}

const beginning: HistoryRecord[] = [
  { kind: 'start' },
  { kind: 'snapshot', seq: 0, size: 1 },
  { kind: 'peer', nodeId: 'p', now: markOf('p', 2) },
  { kind: 'snapshot-end' },
];

/** A checker of a long log, to which two observers listen. */
class LongRun {
  readonly #checker: HistoryChecker;

  constructor(filter?: Subscription) {
    this.#checker = new HistoryChecker({
      observers: [
        { name: 'ahead', kind: 'kind' },
        { name: 'behind', kind: 'kind', ...(filter && { filter }) },
      ],
      maxPeers: 10,
      maxObservers: 2,
      restarts: { maxRestarts: 1, withinMs: 1 },
    });
    for (const observer of ['ahead', 'behind']) {
      for (const record of beginning) this.#take(observer, record);
    }
  }

  follow(observer: string, to: number): this {
    for (let seq = 1; seq <= to; seq++) this.#take(observer, eventAt(seq));
    return this;
  }

  /** How often a rule was looked at, skipped and broken. */
  verdictOf(rule: string): { checked: number; skipped: number; violations: number } {
    const { rules } = this.#checker.finish(undefined);
    const { checked, skipped, violations } = rules.find((verdict) => verdict.rule === rule)!;
    return { checked, skipped, violations };
  }

  #take(observer: string, record: HistoryRecord): void {
    this.#checker.take({ observer, incarnation: 1, at: 0 }, record);
  }
}

const window = 2 ** 18;

describe('what has fallen out of a window', () => {
  it('is skipped and counted, when an observer is far behind the others', () => {
    const run = new LongRun().follow('ahead', window).follow('behind', 100);
    const { checked, skipped, violations } = run.verdictOf('W3');
    expect(violations).toBe(0);
    expect(skipped).toBe(100);
    expect(checked).toBe(window);
  });

  it('is skipped and counted, when a filtered observer is far ahead of all others', () => {
    const run = new LongRun({ kinds: ['PeerUpdated'] }).follow('behind', 70_000);
    expect(run.verdictOf('W7')).toEqual({ checked: 0, skipped: 70_000, violations: 0 });
  });

  it('is none of what a filtered observer is behind by less than that', () => {
    const run = new LongRun({ kinds: ['PeerUpdated'] }).follow('ahead', 50_000);
    expect(run.follow('behind', 50_000).verdictOf('W7')).toEqual({
      checked: 50_000,
      skipped: 0,
      violations: 0,
    });
  });
});
