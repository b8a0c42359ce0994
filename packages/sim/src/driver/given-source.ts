import { ConfigError, describe, type PeerInput } from '@panoptes/core';
import type { ChurnEvent, PeerArrives } from '@panoptes/testkit';
import { ReadyEvents } from '../churn/churn-events.js';
import type { ChurnSource } from '../churn/churn-source.js';
import { generatedEpochMs } from '../time/generated-epoch.js';

/**
 * A source that plays what is given, if that is events and nothing more; otherwise what is given.
 *
 * @throws {ConfigError} when it is no object, or a function, which may give a source
 */
export function givenSource(given: unknown): unknown {
  if (isIterable(given)) return sourceOf(given);
  if (typeof given === 'object' && given !== null) return given;
  throw noSource(given);
}

/** An event from code: of a peer that comes, what is left out is as `createPeer` makes it. */
export type GivenEvent =
  Exclude<ChurnEvent, PeerArrives> | (Omit<PeerArrives, 'peer'> & { readonly peer: PeerInput });

const noSource = (given: unknown): ConfigError =>
  new ConfigError(
    `option 'source': expected events (an iterable, perhaps async) or a ChurnSource, got ` +
      describe(given) +
      (typeof given === 'function' ? '; if it makes them, call it: source: churn()' : ''),
  );

function isIterable(given: unknown): given is Iterable<ChurnEvent> | AsyncIterable<ChurnEvent> {
  if (Object(given) !== given) return false;
  try {
    return Symbol.asyncIterator in (given as object) || Symbol.iterator in (given as object);
  } catch {
    // It is refused as any source that cannot be read.
    return false;
  }
}

const sourceOf = (events: Iterable<ChurnEvent> | AsyncIterable<ChurnEvent>): ChurnSource => ({
  name: 'events from code',
  kind: 'own churn',
  epochMs: generatedEpochMs,
  events: Symbol.asyncIterator in events ? events : new ReadyEvents(events),
  // It lasts as long as its events.
  spanMs: () => 0,
  fractionRead: () => 0,
});
