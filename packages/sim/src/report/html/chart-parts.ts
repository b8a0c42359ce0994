import { type Content, type Markup, markup } from '../markup.js';
import type { RunDocument } from '../run-document.js';
import { type Frame, narrow, wide } from './frame.js';
import { type Scale, shortAmount, timeLabel, timeScale } from './scales.js';

/** A chart in both frames; the page shows the one that fits. */
export const inBothFrames = (draw: (frame: Frame) => Markup): Markup =>
  markup`${[wide, narrow].map(draw)}`;

/** An SVG of the frame's width. A crosshair finds its way about by the edges. */
export const svg = (
  label: string,
  content: Content,
  { name, width, left, right }: Frame,
  height: number,
): Markup =>
  markup`<svg class="${name}" viewBox="0 0 ${width} ${height}" data-edges="${left} ${right}" role="img" aria-label="${label}">${content}</svg>`;

export const text = (x: number, y: number, styleClass: string, content: string): Markup =>
  markup`<text x="${x}" y="${y}" class="${styleClass}">${content}</text>`;

/** The lines and labels of both axes. */
export const axes = (
  x: Scale,
  y: Scale,
  xLabel: (value: number) => string,
  unit: string,
  frame: Frame,
): Markup =>
  markup`${y.ticks.map(
    (tick) =>
      markup`<path class="grid" d="M${frame.left} ${y.at(tick)}H${frame.right}"/>${text(frame.left - 8, y.at(tick) + 4, 'tick end', shortAmount(tick))}`,
  )}${horizontalAxis(x, xLabel, frame, frame.bottom)}${text(8, 14, 'tick', unit)}`;

/** The ticks and labels below a chart. */
export const horizontalAxis = (
  x: Scale,
  label: (value: number) => string,
  { right }: Frame,
  bottom: number,
): Markup =>
  markup`${x.ticks.map((tick) => {
    const anchor = x.at(tick) > right - 16 ? 'end' : 'middle';
    return markup`<path class="grid" d="M${x.at(tick)} ${bottom}v5"/>${text(x.at(tick), bottom + 20, `tick ${anchor}`, label(tick))}`;
  })}`;

/** The name of a row, cut in its middle where it is too long; whole when it is pointed at. */
export const rowLabel = (name: string, y: number, { left, longestName }: Frame): Markup =>
  markup`<g>${text(left - 8, y, 'tick end', cutInTheMiddle(name, longestName))}<title>${name}</title></g>`;

const letters = new Intl.Segmenter();

/** Names of a kind differ at their ends more often than in the middle. */
export function cutInTheMiddle(name: string, longest: number): string {
  const characters = Array.from(letters.segment(name), ({ segment }) => segment);
  if (characters.length <= longest) return name;
  const head = Math.ceil((longest - 1) / 2);
  const tail = longest - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(-tail).join('')}`;
}

/** Where a crosshair goes, which a page’s script moves. */
export const crosshair = (top: number, bottom: number): Markup =>
  markup`<path class="cross" d="M0 ${top}V${bottom}" visibility="hidden"/>`;

/** The faults whose time came before a run ended. */
export const faultsBefore = (
  endedAt: number,
  faults: RunDocument['faults'],
): RunDocument['faults'] => faults.filter(({ atMs }) => atMs <= endedAt);

/** A dashed line at each fault. */
export function faultMarks(
  { faults, virtualMs }: Pick<RunDocument, 'faults' | 'virtualMs'>,
  top: number,
  bottom: number,
  frame: Frame,
): Markup {
  const x = timeScale(virtualMs, frame);
  return markup`${faultsBefore(virtualMs, faults).map(
    ({ fault, observer, atMs }) =>
      markup`<path class="fault" d="M${x.at(atMs)} ${top}V${bottom}"><title>${fault} on ${observer}, ${timeLabel(atMs)}</title></path>`,
  )}`;
}

/** How lines and words of charts look; colours are custom properties. */
export const chartCss = [
  'svg text{fill:var(--ink);font:12.5px system-ui,sans-serif}.narrow text{font-size:14px}',
  'svg .tick{fill:var(--quiet)}.end{text-anchor:end}.middle{text-anchor:middle}',
  '.grid{stroke:var(--grid);fill:none}.band{fill:var(--band)}svg .phase{fill:var(--quiet);font-size:11.5px}',
  '.line{fill:none;stroke-width:1.75;stroke-linejoin:round}.dashed{stroke-dasharray:6 3}.area{opacity:.14;stroke:none}',
  '.fault{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:3 3;fill:none}',
  '.cross{stroke:var(--ink);stroke-width:1;fill:none;pointer-events:none}',
  '.mark{fill:var(--bad);stroke:var(--page);stroke-width:1}',
  '.longest{stroke:var(--c0);stroke-width:2;fill:none}',
  '.whisker{fill:none;stroke-width:1.25}.dot{stroke:var(--page);stroke-width:1}',
].join('');
