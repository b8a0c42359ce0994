import { type Markup, markup } from '../markup.js';
import type { RunDocument } from '../run-document.js';
import { crosshair, faultMarks, horizontalAxis, rowLabel, svg } from './chart-parts.js';
import type { Frame } from './frame.js';
import { timeLabel, timeScale } from './scales.js';

/** A strip for each observer: the darker, the further it was behind. */
export function drawLag(run: RunDocument, frame: Frame): Markup {
  const { at: times, observers } = run.series;
  const x = timeScale(run.virtualMs, frame);
  const bottom = top + observers.length * rowHeight;
  const rows = observers.map(({ name, lag }, row) => {
    const y = top + row * rowHeight;
    const own = times.slice(times.length - lag.length);
    const cells = stretches(lag.map(stepOf)).map(({ step, from, to }) => {
      const [left, right] = [x.at(own[from]!), x.at(own[to] ?? run.virtualMs)];
      return markup`<rect x="${left}" y="${y + 3}" width="${Math.max(0.5, right - left).toFixed(1)}" height="${rowHeight - 6}" fill="var(--c0)" opacity="${lagSteps[step]!.opacity}"/>`;
    });
    return markup`<rect class="band" x="${frame.left}" y="${y + 3}" width="${frame.right - frame.left}" height="${rowHeight - 6}"/>${cells}${rowLabel(name, y + 16, frame)}`;
  });
  const content = [
    rows,
    horizontalAxis(x, timeLabel, frame, bottom),
    faultMarks(run, top, bottom, frame),
    crosshair(top, bottom),
  ];
  return svg('Lag of the observers', content, frame, bottom + 28);
}

/** From this lag on, how dark a strip is: each step is ten times the one before. */
export const lagSteps = [
  { from: 1, opacity: 0.2 },
  { from: 10, opacity: 0.35 },
  { from: 100, opacity: 0.5 },
  { from: 1_000, opacity: 0.7 },
  { from: 10_000, opacity: 0.85 },
  { from: 100_000, opacity: 1 },
] as const;

const rowHeight = 22;
const top = 8;

/** Which step a lag has reached; -1 for none. */
const stepOf = (lag: number): number => lagSteps.findLastIndex(({ from }) => lag >= from);

/** Samples next to each other that are at one step, as one; those without lag are none. */
function stretches(steps: readonly number[]): { step: number; from: number; to: number }[] {
  const found: { step: number; from: number; to: number }[] = [];
  for (const [at, step] of steps.entries()) {
    const last = found.at(-1);
    if (last?.to === at && last.step === step) last.to = at + 1;
    else if (step >= 0) found.push({ step, from: at, to: at + 1 });
  }
  return found;
}
