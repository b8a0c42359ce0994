import { mostAtOnce } from '../../scenario/schema/phases.js';
import { laneCount, type LanePlace, spanLanes } from '../../time/span-lanes.js';
import { type Markup, markup } from '../markup.js';
import type { RunDocument } from '../run-document.js';
import { text } from './chart-parts.js';
import type { Frame } from './frame.js';
import { timeLabel, timeScale } from './scales.js';

/**
 * The phases behind a chart: of those that follow one another every other on a darker ground, and all that
 * come while others go on, so that the ground is the darker the more of these there are.
 */
export function phaseBands(
  { phases, virtualMs }: DrawnPhases,
  { top, bottom }: { readonly top: number; readonly bottom: number },
  frame: Frame,
): Markup {
  const x = timeScale(virtualMs, frame);
  const places = placesOf(phases);
  return markup`${phases.map(({ name, startsAt, endsAt }, at) => {
    const { lane, number } = places[at]!;
    if (lane === 0 && number % 2 === 0) return '';
    const [left, right] = [x.at(startsAt), x.at(endsAt)];
    const title = `${name}, ${timeLabel(startsAt)} to ${timeLabel(endsAt)}`;
    return markup`<rect class="band" x="${left}" y="${top}" width="${Math.max(0, right - left).toFixed(1)}" height="${bottom - top}"><title>${title}</title></rect>`;
  })}`;
}

/** The names of the phases above a chart, each where there is room; over several at a time a line tells how long each lasts. */
export function phaseNames({ phases, virtualMs }: DrawnPhases, frame: Frame): Markup {
  const x = timeScale(virtualMs, frame);
  const places = placesOf(phases);
  const hasLines = laneCount(places) > 1;
  return markup`${phases.map(({ name, startsAt, endsAt }, at) => {
    const [left, right] = [x.at(startsAt), x.at(endsAt)];
    const y = frame.top - 6 - places[at]!.lane * laneHeight;
    const line = hasLines ? markup`<path class="grid" d="M${left} ${y + 4}H${right}"/>` : '';
    const fits = right - left > 7 * name.length;
    return [line, fits ? text((left + right) / 2, y, 'phase middle', name) : ''];
  })}`;
}

/** A frame with room for the names of phases that are at the same time. */
export function frameFor({ phases }: DrawnPhases, frame: Frame): Frame {
  const more = (laneCount(placesOf(phases)) - 1) * laneHeight;
  const { height, top, bottom } = frame;
  return { ...frame, height: height + more, top: top + more, bottom: bottom + more };
}

type DrawnPhases = Pick<RunDocument, 'phases' | 'virtualMs'>;

const laneHeight = 17;

/** A scenario has no more at a time; a document from elsewhere may. */
const placesOf = (phases: DrawnPhases['phases']): LanePlace[] => spanLanes(phases, mostAtOnce);
