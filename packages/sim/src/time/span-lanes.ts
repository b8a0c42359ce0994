import type { TimeSpan } from './time-span.js';

/**
 * Lays spans out in as few lanes as hold them, so that those in one lane follow one another. What begins
 * first is in the first lane; of what begins together, the longest.
 *
 * @param most - lanes at most; what finds no room is in one more, where spans may overlap
 */
export function spanLanes(spans: readonly TimeSpan[], most: number): LanePlace[] {
  const places = spans.map(() => ({ lane: 0, number: 0 }));
  /** When the last span of each lane ends, and how many are in it. */
  const lanes: { endsAt: number; count: number }[] = [];
  const inOrder = [...spans.entries()].sort(
    ([, a], [, b]) =>
      a.startsAt - b.startsAt || Number(b.endsAt > a.endsAt) - Number(a.endsAt > b.endsAt),
  );
  for (const [at, { startsAt, endsAt }] of inOrder) {
    const free = lanes.findIndex((lane) => lane.endsAt <= startsAt);
    const lane = free < 0 ? Math.min(lanes.length, most) : free;
    const { count = 0 } = lanes[lane] ?? {};
    lanes[lane] = { endsAt, count: count + 1 };
    places[at] = { lane, number: count };
  }
  return places;
}

/** How many lanes there are, one at least. */
export const laneCount = (places: readonly LanePlace[]): number =>
  places.reduce((count, { lane }) => Math.max(count, lane + 1), 1);

/** Where a span is. */
export interface LanePlace {
  /** From 0. */
  readonly lane: number;
  /** Which one of its lane it is, from 0. */
  readonly number: number;
}
