import { PanoptesError, describe, isA, messageOf } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { z } from 'zod';
import { isReady, ReadyEvents } from '../churn/churn-events.js';
import type { ChurnSource } from '../churn/churn-source.js';
import { TraceError } from '../traces/trace-error.js';

/**
 * A source whose data is copied and whose answers are checked: it is asked while it is played, and what
 * it does wrong is an error of the source.
 *
 * @param read - what was read of it
 */
export function checkedSource(
  { name, kind, epochMs, events, spanMs, fractionRead }: z.output<typeof sourceShape>,
  source: unknown,
): ChurnSource {
  const told = (what: string, ask: Code): number => {
    const value = inTrace(name, () => Reflect.apply(ask, source, []) as unknown);
    if (typeof value === 'number' && value >= 0) return value;
    throw new TraceError({ file: name }, `expected ${what} from 0 on, got ${describe(value)}`);
  };
  return {
    ...{ name, kind, epochMs },
    events: checkedEvents(name, events),
    spanMs: () => told('a span', spanMs),
    fractionRead: () => told('a fraction', fractionRead),
    get skipped() {
      return inTrace(name, () => (source as ChurnSource).skipped)!;
    },
  };
}

/** What is called and not looked at. */
export type Code = (...given: never[]) => unknown;
export const code = z.custom<Code>((value) => typeof value === 'function', 'expected a function');

/** No date is further from 1970, in milliseconds. */
const mostEpochMs = 8.64e15;

/** What a source has to have; what is in its events is looked at as they come. */
export const sourceShape = z.object({
  name: z.string(),
  kind: z.string(),
  epochMs: z.number().min(-mostEpochMs).max(mostEpochMs),
  events: z.custom<ChurnSource['events']>(isEvents, 'expected events, as an async iterable'),
  spanMs: code,
  fractionRead: code,
});

function isEvents(value: unknown): boolean {
  const { [Symbol.asyncIterator]: begin } = (value ?? {}) as Partial<AsyncIterable<unknown>>;
  return typeof begin === 'function';
}

const checkedEvents = (name: string, events: ChurnSource['events']): ChurnSource['events'] =>
  isReady(events) ? new ReadyEvents(readyEvents(name, events)) : awaitedEvents(name, events);

async function* awaitedEvents(
  name: string,
  events: AsyncIterable<ChurnEvent>,
): AsyncGenerator<ChurnEvent, void> {
  try {
    yield* events;
  } catch (cause) {
    throw ofTrace(name, cause);
  }
}

function* readyEvents(
  name: string,
  events: Iterable<ChurnEvent>,
): Generator<ChurnEvent, void, undefined> {
  try {
    yield* events;
  } catch (cause) {
    throw ofTrace(name, cause);
  }
}

function inTrace<T>(name: string, ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    throw ofTrace(name, cause);
  }
}

/** What a source threw, which may be anything. */
const ofTrace = (name: string, cause: unknown): PanoptesError =>
  isA(cause, PanoptesError)
    ? cause
    : new TraceError({ file: name }, `the source failed: ${messageOf(cause)}`, { cause });
