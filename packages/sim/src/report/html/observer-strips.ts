import { type Markup, markup } from '../markup.js';
import type { ObserverSeries, PhaseObserver, RunDocument, Spread } from '../run-document.js';
import { crosshair, faultMarks, horizontalAxis, rowLabel, svg } from './chart-parts.js';
import type { Frame } from './frame.js';
import { timeLabel, timeScale } from './scales.js';

/** What is shown as a strip for each observer: the darker, the more. */
export interface ObserverStrips {
  readonly title: string;
  /** What stands after an amount. */
  readonly unit: string;
  /** From this amount on, how dark a strip is. */
  readonly steps: readonly { readonly from: number; readonly opacity: number }[];
  /** At each sample; nothing in documents that do not have it. */
  readonly courseOf: (own: ObserverSeries) => readonly (number | null)[];
  readonly inPhase: (own: PhaseObserver) => Spread | undefined;
}

/** Transactions that each was behind. */
export const lagStrips: ObserverStrips = {
  title: 'Lag of the observers',
  unit: '',
  steps: [
    { from: 1, opacity: 0.2 },
    { from: 10, opacity: 0.35 },
    { from: 100, opacity: 0.5 },
    { from: 1_000, opacity: 0.7 },
    { from: 10_000, opacity: 0.85 },
    { from: 100_000, opacity: 1 },
  ],
  courseOf: ({ lag }) => lag,
  inPhase: ({ lag }) => lag,
};

/** Heap and buffers of each one's thread. */
export const memoryStrips: ObserverStrips = {
  title: 'Memory of the observers',
  unit: ' MiB',
  steps: [
    { from: 1, opacity: 0.1 },
    { from: 8, opacity: 0.2 },
    { from: 16, opacity: 0.35 },
    { from: 32, opacity: 0.5 },
    { from: 64, opacity: 0.65 },
    { from: 128, opacity: 0.8 },
    { from: 256, opacity: 1 },
  ],
  courseOf: ({ memoryMiB = [] }) => memoryMiB,
  inPhase: ({ memoryMiB }) => memoryMiB,
};

/** Draws them over virtual time, with faults marked. */
export function drawStrips(strips: ObserverStrips, run: RunDocument, frame: Frame): Markup {
  const { at: times, observers } = run.series;
  const x = timeScale(run.virtualMs, frame);
  const bottom = top + observers.length * rowHeight;
  const stepOf = (value: number | null): number =>
    value === null ? -1 : strips.steps.findLastIndex(({ from }) => value >= from);
  const rows = observers.map((observer, row) => {
    const y = top + row * rowHeight;
    const values = strips.courseOf(observer);
    const own = times.slice(times.length - values.length);
    const cells = stretches(values.map(stepOf)).map(({ step, from, to }) => {
      const [left, right] = [x.at(own[from]!), x.at(own[to] ?? run.virtualMs)];
      return markup`<rect x="${left}" y="${y + 3}" width="${Math.max(0.5, right - left).toFixed(1)}" height="${rowHeight - 6}" fill="var(--c0)" opacity="${strips.steps[step]!.opacity}"/>`;
    });
    return markup`<rect class="band" x="${frame.left}" y="${y + 3}" width="${frame.right - frame.left}" height="${rowHeight - 6}"/>${cells}${rowLabel(observer.name, y + 16, frame)}`;
  });
  const content = [
    rows,
    horizontalAxis(x, timeLabel, frame, bottom),
    faultMarks(run, top, bottom, frame),
    crosshair(top, bottom),
  ];
  return svg(strips.title, content, frame, bottom + 28);
}

const rowHeight = 22;
const top = 8;

/** Samples next to each other that are at one step, as one; those below the first (-1) are none. */
function stretches(steps: readonly number[]): { step: number; from: number; to: number }[] {
  const found: { step: number; from: number; to: number }[] = [];
  for (const [at, step] of steps.entries()) {
    const last = found.at(-1);
    if (last?.to === at && last.step === step) last.to = at + 1;
    else if (step >= 0) found.push({ step, from: at, to: at + 1 });
  }
  return found;
}
