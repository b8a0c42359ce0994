import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { History } from '../api/answers.js';
import type { ObserverHistory, OwnMetricsRow } from '../api/observer-answer.js';
import { getJson } from '../api/requests.js';
import { caughtUp, noted } from '../live/live-view.js';
import type { ObserverLine } from '../live/observer-lines.js';
import { type Moment, Trace } from '../live/trace.js';
import { pathOf } from './observer-details.js';

/** How an observer was in the last quarter of an hour, as the server has kept it, and from then on. */
export function useObserverHistory({ id, row }: ObserverLine): ObserverTraces {
  const traces = useMemo(() => new ObserverTraces(), [id]);
  useEffect(() => {
    const outdated = new AbortController();
    getJson<ObserverHistory>(`${pathOf(id)}/history`, outdated.signal).then(
      (history) => traces.load(history),
      // It is asked for again when the connection comes back.
      () => undefined,
    );
    return () => outdated.abort();
  }, [id, caughtUp.value]);
  useSignalEffect(() => {
    const at = noted.value;
    if (at > 0) traces.figures.add(momentOf(at, (figure) => row.peek()[figure]));
  });
  return traces;
}

/** The charts of an observer, and of figures of its own. */
export class ObserverTraces {
  /** Has the columns of `tracedFigures`. */
  readonly figures = new Trace();
  /** By id, of figures of its own that are one number. */
  readonly #own = new Map<string, Trace>();

  load({ columns, rows, own }: ObserverHistory): void {
    const places = new Map(columns.map((column, place) => [column, place]));
    this.figures.load(
      rows.map((row) => momentOf(row[0]!, (figure) => row[places.get(figure) ?? -1] ?? null)),
    );
    this.#loadOwn(own);
  }

  /** Takes what the observer says now. */
  take({ at, readings }: OwnMetricsRow): void {
    for (const { id, kind, value } of readings) {
      if (kind !== 'histogram') this.own(id).add([at, value]);
    }
  }

  /** That of a figure of its own. */
  own(id: string): Trace {
    const trace = this.#own.get(id) ?? new Trace(longestGapMs);
    this.#own.set(id, trace);
    return trace;
  }

  #loadOwn({ columns, rows }: History): void {
    for (const [place, id] of columns.entries()) {
      if (place > 0) this.own(id).load(rows.map((row) => [row[0]!, row[place] ?? null]));
    }
  }
}

/** What is drawn of every observer. */
export const tracedFigures = [
  'lag',
  'delivered',
  'handlerP99Ms',
  'heapBytes',
  'externalBytes',
] as const;

/** A moment of `figures`. Without a thread there is no memory to speak of. */
function momentOf(at: number, valueOf: (figure: TracedFigure) => number | null): Moment {
  const hasThread = valueOf('heapBytes') !== 0;
  const isKnown = (figure: TracedFigure) => hasThread || !ofThread.includes(figure);
  return [at, ...tracedFigures.map((figure) => (isKnown(figure) ? valueOf(figure) : null))];
}

type TracedFigure = (typeof tracedFigures)[number];
const ofThread: readonly TracedFigure[] = ['heapBytes', 'externalBytes'];

/** Nobody looked in between. */
const longestGapMs = 5_000;
