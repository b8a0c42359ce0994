import { createPeer } from '@panoptes/core';
import { type ChurnEvent, nodeIdOf, profileOf } from '@panoptes/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PhaseSpan } from '../scenario/churn/phase-spans.js';
import { isWithin, lastEnd } from '../time/time-span.js';
import { ChurnTally, type PhaseTotals } from './churn-tally.js';

const names = ['a', 'b', 'c', 'd', 'e'];
const peers = names.map((name) => createPeer(profileOf(name)));

const spansGiven = fc
  .array(fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 20 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all) =>
    all.map(([startsAt, length], at): PhaseSpan => {
      return { phase: { name: `${at}`, kind: 'any' }, startsAt, endsAt: startsAt + length };
    }),
  );

/** Each a time since the one before, and what happens to whom. */
const stepsGiven = fc.array(
  fc.tuple(
    fc.nat({ max: 4 }),
    fc.nat({ max: names.length - 1 }),
    fc.constantFrom('move', 'update', 'patch'),
  ),
  { maxLength: 40 },
);

/** Only who is gone comes, and only who is there leaves. */
function eventsOf(steps: readonly (readonly [number, number, string])[]): ChurnEvent[] {
  const online = new Set<number>();
  let at = 0;
  return steps.map(([pause, who, what]): ChurnEvent => {
    at += pause;
    const peer = peers[who]!;
    const { nodeId } = peer.peerId;
    if (!online.has(who)) {
      online.add(who);
      return { at, kind: 'join', peer };
    }
    if (what === 'update') return { at, kind: 'update', peer };
    if (what === 'patch') return { at, kind: 'patch', nodeId, patch: { trustScore: 0.5 } };
    online.delete(who);
    return { at, kind: 'leave', nodeId };
  });
}

/** How many are online when some events have happened. */
function onlineAfter(events: readonly ChurnEvent[]): number {
  const online = new Set<string>();
  for (const event of events) {
    if (event.kind === 'join') online.add(nodeIdOf(event));
    if (event.kind === 'leave') online.delete(nodeIdOf(event));
  }
  return online.size;
}

/** The same figures, counted from all events for one span alone. */
function recount(span: PhaseSpan, end: number, events: readonly ChurnEvent[], until: number) {
  const before = events.filter(({ at }) => at < span.startsAt);
  const own = events.filter(({ at }) => isWithin(span, end, at));
  const counted = (...kinds: string[]): number =>
    own.filter(({ kind, at }) => kinds.includes(kind) && !(kind === 'join' && at === 0)).length;
  const endsAt = Math.min(span.endsAt, until);
  const final = onlineAfter([...before, ...own]);
  let area = 0;
  for (let at = span.startsAt; at < endsAt; at++) {
    area += onlineAfter(events.filter((event) => event.at <= at));
  }
  const sizes = own.map((_, count) => onlineAfter([...before, ...own.slice(0, count + 1)]));
  const lasted = endsAt - span.startsAt;
  return {
    ...span.phase,
    startsAt: span.startsAt,
    endsAt,
    joins: counted('join'),
    updates: counted('update', 'patch'),
    leaves: counted('leave'),
    peers: {
      mean: Number((lasted > 0 ? area / lasted : final).toFixed(3)),
      peak: Math.max(onlineAfter(before), ...sizes),
      final,
    },
  };
}

it('each phase has what a recount of its own span has, whichever others there are', () => {
  fc.assert(
    fc.property(spansGiven, stepsGiven, fc.nat({ max: 15 }), (spans, steps, rest) => {
      const events = eventsOf(steps);
      const until = (events.at(-1)?.at ?? 0) + rest;
      const tally = new ChurnTally(spans);
      for (const event of events) tally.count(event);
      const expected: PhaseTotals[] = spans
        .filter(({ startsAt }) => startsAt <= until)
        .map((span) => recount(span, lastEnd(spans), events, until));
      expect(tally.phases(until)).toEqual(expected);
      // The run's are counted once, with what belongs to no phase.
      const alone = new ChurnTally();
      for (const event of events) alone.count(event);
      expect(tally.peers(until)).toEqual(alone.peers(until));
      expect([tally.events, tally.churn]).toEqual([alone.events, alone.churn]);
    }),
    { numRuns: 1_000 },
  );
});
