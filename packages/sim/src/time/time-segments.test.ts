import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneCount, spanLanes } from './span-lanes.js';
import { TimeSegments } from './time-segments.js';
import { lastEnd, type TimeSpan } from './time-span.js';

const spans = fc.array(
  fc
    .tuple(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 20 }))
    .map(([startsAt, length]) => ({ startsAt, endsAt: startsAt + length })),
  { minLength: 1, maxLength: 12 },
);

const isAt = ({ startsAt, endsAt }: TimeSpan, at: number): boolean => startsAt <= at && at < endsAt;

describe('segments of time', () => {
  it('lie in the very spans that there are at any of their times', () => {
    fc.assert(
      fc.property(spans, (given) => {
        const segments = new TimeSegments(given);
        let segment = 0;
        for (let at = 0; at < lastEnd(given); at++) {
          while (segments.isPast(segment, at)) segment++;
          const there = given.map((span) => {
            const { from, to } = segments.of(span);
            return from <= segment && segment < to;
          });
          expect(there).toEqual(given.map((span) => isAt(span, at)));
        }
      }),
    );
  });

  it('have the instant at which the last span ends in it, and what comes later in none', () => {
    const given = [
      { startsAt: 0, endsAt: 5 },
      { startsAt: 3, endsAt: 9 },
    ];
    const segments = new TimeSegments(given);
    expect([segments.starts, segments.of(given[1]!)]).toEqual([[0, 3, 5, 9], { from: 1, to: 3 }]);
    expect([segments.isPast(1, 5), segments.isPast(2, 9), segments.isPast(2, 9.5)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('of a span without an end go on for ever', () => {
    const endless = { startsAt: 4, endsAt: Number.POSITIVE_INFINITY };
    const segments = new TimeSegments([endless]);
    expect([segments.starts, segments.of(endless)]).toEqual([[0, 4], { from: 1, to: 2 }]);
    expect(segments.isPast(1, Number.MAX_VALUE)).toBe(false);
  });
});

describe('lanes', () => {
  it('hold spans that follow one another, and are as many as there are spans at a time', () => {
    fc.assert(
      fc.property(spans, (given) => {
        const places = spanLanes(given, given.length);
        const most = Array.from(
          { length: lastEnd(given) },
          (_, at) => given.filter((span) => isAt(span, at)).length,
        );
        expect(laneCount(places)).toBe(Math.max(...most));
        for (let lane = 0; lane < laneCount(places); lane++) {
          const own = given
            .map((span, at) => ({ span, place: places[at]! }))
            .filter(({ place }) => place.lane === lane)
            .sort((a, b) => a.place.number - b.place.number);
          expect(own.map(({ place }) => place.number)).toEqual([...own.keys()]);
          for (const [at, { span }] of own.slice(1).entries()) {
            expect(span.startsAt).toBeGreaterThanOrEqual(own[at]!.span.endsAt);
          }
        }
      }),
    );
  });

  it('have what goes on for the longest first, and all that finds no room in the last', () => {
    const given = [
      { startsAt: 0, endsAt: 5 },
      { startsAt: 0, endsAt: 9 },
      { startsAt: 1, endsAt: 2 },
      { startsAt: 1, endsAt: 2 },
      { startsAt: 6, endsAt: 7 },
    ];
    expect(spanLanes(given, 2).map(({ lane }) => lane)).toEqual([1, 0, 2, 2, 1]);
    expect(spanLanes([{ startsAt: 0, endsAt: Number.POSITIVE_INFINITY }], 2)).toHaveLength(1);
  });
});
