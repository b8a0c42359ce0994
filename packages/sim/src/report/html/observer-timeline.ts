import { type Markup, markup } from '../markup.js';
import type { ObserverSeries, RunDocument } from '../run-document.js';
import { crosshair, faultsBefore, horizontalAxis, rowLabel, svg } from './chart-parts.js';
import type { Frame } from './frame.js';
import { phaseBands } from './phase-bands.js';
import { timeLabel, timeScale } from './scales.js';
import { fillOf } from './state-styles.js';

/** A row for each observer: its states over virtual time, with restarts, resyncs and faults marked. */
export function drawTimeline(run: RunDocument, frame: Frame): Markup {
  const { series, virtualMs, faults } = run;
  const x = timeScale(virtualMs, frame);
  const bottom = top + series.observers.length * rowHeight;
  const rows = series.observers.map((own, row) => {
    const y = top + row * rowHeight;
    return [
      rowLabel(own.name, y + 17, frame),
      bars(own, run, y, frame),
      faultsBefore(virtualMs, faults)
        .filter(({ observer }) => observer === own.name)
        .map(({ fault, atMs }) => cross(x.at(atMs), y + 13, `${fault}, ${timeLabel(atMs)}`)),
    ];
  });
  const content = [
    phaseBands(run, { top, bottom }, frame),
    horizontalAxis(x, timeLabel, frame, bottom),
    rows,
    crosshair(top, bottom),
  ];
  return svg('States of the observers', content, frame, bottom + 28);
}

const rowHeight = 26;
const top = 18;

/** A stretch of samples in one state. */
interface Stretch {
  readonly state: string;
  readonly from: number;
  readonly to: number;
}

/** The states that are drawn, in the order of the legend. */
export const statesShown = ({ series }: RunDocument): string[] => [
  ...new Set(series.observers.flatMap(({ state }) => state)),
];

function bars(
  own: ObserverSeries,
  { series, virtualMs }: RunDocument,
  y: number,
  frame: Frame,
): Markup {
  const x = timeScale(virtualMs, frame);
  const times = series.at.slice(series.at.length - own.state.length);
  const drawn = stretches(own.state, times, virtualMs).map(({ state, from, to }) => {
    const width = Math.max(1, x.at(to) - x.at(from));
    const title = `${state}, ${timeLabel(from)} to ${timeLabel(to)}`;
    return markup`<rect x="${x.at(from)}" y="${y + 5}" width="${width.toFixed(1)}" height="${rowHeight - 10}" fill="${fillOf(state)}"><title>${title}</title></rect>`;
  });
  const marks = times.map((time, at) => {
    const more = (column: readonly number[]): number => column[at]! - (column[at - 1] ?? 0);
    const [restarts, resyncs] = [more(own.restarts), more(own.resyncs)];
    return [
      restarts > 0
        ? triangle(x.at(time), y + 3, `${counted(restarts, 'restart')} by ${timeLabel(time)}`)
        : '',
      resyncs > 0
        ? ring(x.at(time), y + 13, `${counted(resyncs, 'resync')} by ${timeLabel(time)}`)
        : '',
    ];
  });
  return markup`${drawn}${marks}`;
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

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

const triangle = (x: number, y: number, title: string): Markup =>
  markup`<path class="mark" d="M${x} ${y + 4}l5-7h-10z"><title>${title}</title></path>`;
const ring = (x: number, y: number, title: string): Markup =>
  markup`<circle cx="${x}" cy="${y}" r="4" fill="var(--page)" stroke="var(--ink)"><title>${title}</title></circle>`;
const cross = (x: number, y: number, title: string): Markup =>
  markup`<path stroke="var(--bad)" stroke-width="2.5" d="M${x - 5} ${y - 5}l10 10m0-10l-10 10"><title>${title}</title></path>`;
