import { type ObserverLine, type ObserverStats, parseOptions } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { z } from 'zod';
import { observerColumns } from '../live/observer-histories.js';
import type { NumberRows } from '../live/number-rows.js';
import type { OwnHistories } from '../live/own-histories.js';
import type { LiveSampler } from '../live/live-sampler.js';
import type { OwnMetrics } from '../metrics/own-metrics.js';
import type { ShownRegistry } from '../shown-registry.js';
import { errorRow, metricsRow } from './observer-row.js';

/** What is known of one observer beyond its row in the table of all, as it is sent. */
export class ObserverDetails {
  readonly #deps: ObserverDetailsDeps;

  constructor(deps: ObserverDetailsDeps) {
    this.#deps = deps;
  }

  /** How it came to be as it is, and what can be asked of it. */
  async whole({ name, reasons, hasMetrics }: ObserverStats): Promise<object> {
    const { registry, shown, sampler, own, ownHistories, now } = this.#deps;
    const letters = registry.deadLetters().filter(({ observer }) => observer === name);
    const known = {
      reasons,
      timeline: sampler.timeline.of(name),
      deadLetters: letters.map(({ error, ...letter }) => ({ ...letter, error: errorRow(error) })),
      ...queriesRow(shown.queryNames(name)),
    };
    const metrics = hasMetrics ? await own.of(name) : undefined;
    const at = now();
    if (metrics !== undefined && !shown.isFrozen) ownHistories.note(name, metrics, at);
    return { ...known, metrics: metrics === undefined ? null : { at, ...metricsRow(metrics) } };
  }

  /** How its figures were in the last quarter of an hour, and those of its own while somebody looked. */
  history({ name }: ObserverStats): object {
    const { sampler, ownHistories } = this.#deps;
    return {
      ...historyRow(sampler.history.observers.of(name), observerColumns),
      own: historyRow(ownHistories.of(name), ['at']),
    };
  }

  /**
   * Its last lines.
   *
   * @param query - the parameters of the request: those behind line `after` are wanted
   * @throws {ConfigError} when one of them is not one it can be
   */
  lines({ name }: ObserverStats, query: unknown): object {
    const { after } = parseOptions(linesQuery, query, 'the parameters');
    const kept = this.#deps.shown.lines(name);
    // One that was registered anew counts from 1 again.
    const isAnother = (kept.at(-1)?.number ?? 0) < after;
    return { lines: lastOf(isAnother ? kept : kept.filter(({ number }) => number > after)) };
  }
}

/** What it takes to know them. */
export interface ObserverDetailsDeps {
  readonly registry: PeerRegistry;
  readonly shown: ShownRegistry;
  readonly sampler: Pick<LiveSampler, 'timeline' | 'history'>;
  readonly own: OwnMetrics;
  readonly ownHistories: OwnHistories;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const linesQuery = z.strictObject({
  after: z.coerce.number().pipe(z.int().min(0)).default(0),
});

const historyRow = (rows: NumberRows | undefined, columns: readonly string[]): object => ({
  columns: rows?.columns ?? columns,
  rows: rows?.list() ?? [],
});

/** The newest that are not too many, nor too long together. */
function lastOf(lines: readonly ObserverLine[]): readonly ObserverLine[] {
  let chars = 0;
  const tooMany = lines.findLastIndex(({ text }, place) => {
    chars += text.length;
    return lines.length - place > mostLines || chars > mostLineChars;
  });
  return lines.slice(tooMany + 1);
}

/** Names of queries, as many as there is room for: whoever wrote the observer chose how long they are. */
function queriesRow(names: readonly string[]): object {
  let chars = 0;
  const queries = names.filter((name) => (chars += name.length) <= mostNameChars);
  return { queries, queriesOmitted: names.length - queries.length };
}

/** Lines that are sent at a time, and characters of them. */
const mostLines = 400;
const mostLineChars = 131_072;
/** Characters of names that are sent. */
const mostNameChars = 16_384;
