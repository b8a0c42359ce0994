import { escapeMarkup } from '../markup.js';
import type { ObserverSeries, RunDocument } from '../run-document.js';
import { frame, rowLabel, svg, text, timeLabel, timeScale } from './chart-frame.js';
import { phaseBands } from './course-chart.js';

/** What each state is drawn in; others are quiet. */
const colours: Readonly<Record<string, string>> = {
  live: 'var(--c2)',
  lagging: 'var(--c1)',
  syncing: 'var(--c0)',
  starting: 'var(--c0)',
  backoff: 'var(--c4)',
  crashed: 'var(--bad)',
  stuck: 'var(--bad)',
  quarantined: 'var(--bad)',
};

const rowHeight = 26;
const top = 18;

/** A stretch of samples in one state. */
interface Stretch {
  readonly state: string;
  readonly from: number;
  readonly to: number;
}

/** A row for each observer: its states over virtual time, with restarts, resyncs and faults marked. */
export function drawTimeline(run: RunDocument): string {
  const { series, virtualMs, observers, broken } = run;
  const x = timeScale(virtualMs);
  const rows = observers.map(({ name }) => ({ name, own: series.observers[name] }));
  const bottom = top + rows.length * rowHeight;
  const content = [
    phaseBands(run, top, bottom, false),
    ...x.ticks.map((tick) =>
      text(
        x.at(tick),
        bottom + 18,
        `tick ${x.at(tick) > frame.right - 16 ? 'end' : 'middle'}`,
        timeLabel(tick),
      ),
    ),
    ...rows.flatMap(({ name, own }, row) => {
      const y = top + row * rowHeight;
      return [
        rowLabel(name, y + 17),
        ...(own === undefined ? [] : bars(own, series.at, virtualMs, y)),
        ...broken
          .filter(({ observer }) => observer === name)
          .map(({ fault, atMs }) => cross(x.at(atMs), y + 13, `${fault}, ${timeLabel(atMs)}`)),
      ];
    }),
  ];
  return svg('States of the observers', content.join(''), bottom + 28);
}

/** The states that are drawn, in the order of the legend. */
export function statesShown(
  run: RunDocument,
): { readonly state: string; readonly colour: string }[] {
  const states = new Set(
    run.observers.flatMap(({ name }) => run.series.observers[name]?.state ?? []),
  );
  return [...states].map((state) => ({ state, colour: colours[state] ?? 'var(--quiet)' }));
}

function bars(
  own: ObserverSeries,
  allTimes: readonly number[],
  endsAt: number,
  y: number,
): string[] {
  const x = timeScale(endsAt);
  const times = allTimes.slice(allTimes.length - own.state.length);
  const drawn = stretches(own.state, times, endsAt).map(({ state, from, to }) => {
    const width = Math.max(1, x.at(to) - x.at(from));
    return (
      `<rect x="${x.at(from)}" y="${y + 5}" width="${width.toFixed(1)}" height="${rowHeight - 10}" ` +
      `fill="${colours[state] ?? 'var(--quiet)'}" opacity=".8">` +
      `<title>${state}, ${timeLabel(from)} to ${timeLabel(to)}</title></rect>`
    );
  });
  const marks = times.flatMap((time, at) => {
    const more = (column: readonly number[]): number => column[at]! - (column[at - 1] ?? 0);
    return [
      ...(more(own.restarts) > 0
        ? [triangle(x.at(time), y + 3, `${more(own.restarts)} restarts by ${timeLabel(time)}`)]
        : []),
      ...(more(own.resyncs) > 0
        ? [ring(x.at(time), y + 13, `${more(own.resyncs)} resyncs by ${timeLabel(time)}`)]
        : []),
    ];
  });
  return [...drawn, ...marks];
}

function stretches(states: readonly string[], times: readonly number[], endsAt: number): Stretch[] {
  const found: Stretch[] = [];
  for (const [at, state] of states.entries()) {
    const to = times[at + 1] ?? endsAt;
    const last = found.at(-1);
    if (last?.state === state) found[found.length - 1] = { ...last, to };
    else found.push({ state, from: times[at]!, to });
  }
  return found;
}

const triangle = (x: number, y: number, title: string): string =>
  `<path class="mark" d="M${x} ${y + 4}l5-7h-10z"><title>${title}</title></path>`;
const ring = (x: number, y: number, title: string): string =>
  `<circle cx="${x}" cy="${y}" r="4" fill="var(--page)" stroke="var(--ink)"><title>${title}</title></circle>`;
const cross = (x: number, y: number, title: string): string =>
  `<path stroke="var(--bad)" stroke-width="2.5" d="M${x - 5} ${y - 5}l10 10m0-10l-10 10"><title>${escapeMarkup(title)}</title></path>`;
