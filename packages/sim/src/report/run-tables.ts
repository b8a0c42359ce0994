import { formatDuration } from '../time/duration.js';
import { agreementText, shortDigest } from './agreement-text.js';
import { partsOf, partValues } from './metric-parts.js';
import { metricText } from './metric-text.js';
import { printedLatency } from './printed-latency.js';
import type { RunDocument } from './run-document.js';
import { runLatencies } from './run-latencies.js';
import type { Screen } from './screen.js';
import { textTable } from './text-table.js';
import { numberText } from './number-text.js';

/** How each observer ended, and what it was compared with. */
export const observerTable = ({ observers }: RunDocument, screen: Screen): string =>
  textTable(
    [
      ['observer'],
      ['state'],
      ['delivered', 'right'],
      ['lag', 'right'],
      ['resyncs', 'right'],
      ['restarts', 'right'],
      ['digest'],
      ['model'],
    ],
    observers.map((one) => [
      one.name,
      one.state,
      ...[one.delivered, one.lag, one.resyncs, one.restarts].map(numberText),
      shortDigest(one.digest),
      agreementText(
        one.digest === null || one.notCompared === true ? null : one.digestMatches,
        screen.colors,
      ),
    ]),
    screen,
  );

/** Chaos can be long: the first ones stand for all of it; the documents have them all. */
const mostIncidents = 20;

/** What happened in each phase. */
export const phaseTable = ({ phases }: RunDocument, screen: Screen): string =>
  textTable(
    [
      ['phase'],
      ['from', 'right'],
      ['lasts', 'right'],
      ['joins', 'right'],
      ['updates', 'right'],
      ['leaves', 'right'],
      ['mean online', 'right'],
      ['peak', 'right'],
    ],
    phases.map(({ name, startsAt, endsAt, joins, updates, leaves, peers }) => [
      name,
      formatDuration(startsAt),
      formatDuration(endsAt - startsAt),
      ...[joins, updates, leaves, peers.mean, peers.peak].map(numberText),
    ]),
    screen,
  );

/** Latencies of commits, and from a commit to when each observer has handled it. */
export const latencyTable = (run: RunDocument, screen: Screen): string =>
  textTable(
    [
      ['latency of'],
      ['timed', 'right'],
      ['p50', 'right'],
      ['p90', 'right'],
      ['p99', 'right'],
      ['longest', 'right'],
    ],
    runLatencies(run).map(({ name, figures: { count, p50, p90, p99, max } }) => [
      name,
      numberText(count),
      ...[p50, p90, p99, max].map(printedLatency),
    ]),
    screen,
  );

/** Incarnations of observers that ended unexpectedly. */
export const incidentTable = ({ incidents }: RunDocument, screen: Screen): string =>
  textTable(
    [
      ['observer'],
      ['incarnation', 'right'],
      ['ended by'],
      ['after the fault'],
      ['at', 'right'],
      ['noticed after', 'right'],
      ['live again after', 'right'],
    ],
    incidents
      .slice(0, mostIncidents)
      .map(({ observer, incarnation, code, fault, atMs, detectMs, recoverMs }) => [
        observer,
        String(incarnation),
        code,
        fault ?? '',
        formatDuration(atMs),
        detectMs === null ? '' : printedLatency(detectMs),
        recoverMs === null ? 'never' : printedLatency(recoverMs),
      ]),
    screen,
  );

/** What observers tell of themselves, over the whole run. */
export function metricTable({ observers, series }: RunDocument, screen: Screen): string {
  const courses = new Map(series.observers.map(({ name, metrics }) => [name, metrics ?? []]));
  const rows = observers.flatMap(({ name, metrics = [] }) =>
    metrics.flatMap((metric) => {
      const last = partValues(metric, metric.value);
      return partsOf(metric).map((figure, at) => {
        const course = courses.get(name)?.find((one) => one.figure === figure);
        const known = course?.values.filter((value) => value !== null) ?? [];
        return [name, figure, metric.unit, ...[last[at], ...endsOf(known)].map(metricText)];
      });
    }),
  );
  const table = textTable(
    [
      ['observer'],
      ['figure of its own'],
      ['unit'],
      ['at the end', 'right'],
      ['least', 'right'],
      ['most', 'right'],
    ],
    rows.slice(0, mostFigures),
    screen,
  );
  const left = rows.length - mostFigures;
  return left > 0
    ? `${table}\nand ${numberText(left)} more figures of observers, in the documents`
    : table;
}

/** Many observers have many: the first ones stand for all of them; the documents have them all. */
const mostFigures = 40;

/** The least and the most of some numbers. */
const endsOf = (values: readonly number[]): (number | undefined)[] =>
  values.length === 0
    ? [undefined, undefined]
    : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
