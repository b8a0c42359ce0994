import { CheckedOnce } from '../checked-once.js';
import { ConfigError, describe } from '../errors.js';
import { ownRecord } from '../own-record.js';
import { readOptions, wholeOption } from '../read-options.js';

/**
 * Is told what the state machines do: that of the registry, and one for each observer, with the steps that
 * they invoke. As XState's own `inspect`, it is a function, or an object with `next`; what it gets is plain.
 *
 * It is called on the registry's thread, in a later turn of the event loop. One that throws, or is slow three
 * times in a row, is called no more.
 */
export type Inspect = ((event: InspectedEvent) => void) | InspectObserver;

/** One that says how much it takes. */
export interface InspectObserver {
  next(event: InspectedEvent): void;
  /** Most events in a second, from 1 to 100,000; more are left out, and counted. Default 100. */
  readonly eventsPerSec?: number | undefined;
}

/**
 * What a machine did, in the words of `@statelyai/inspect`. Nothing in it is the machine's own: it may be kept,
 * changed and sent as JSON.
 */
export interface InspectedEvent {
  /** A machine or a step of one began; it was sent an event; it has done with one. */
  readonly type: '@xstate.actor' | '@xstate.event' | '@xstate.snapshot';
  /** Unix milliseconds, as a text. */
  readonly createdAt: string;
  /** Counts the events of this registry's machines from 1, those that are left out, too; as a text. */
  readonly id: string;
  /** Events that were left out since the last one. */
  readonly leftOut: number;
  /** Whose event it is: a machine's, or that of a step which a machine has invoked. */
  readonly sessionId: string;
  /** The machine's. */
  readonly rootId: string;
  /** Of a step, the machine that has invoked it. */
  readonly parentId?: string;
  /** `registry`, an observer's name, or that of a step. */
  readonly name: string;
  /** In the first event of a machine: what it is made of, as JSON. */
  readonly definition?: string;
  /** Who sent it, if that was a machine or a step. */
  readonly sourceId?: string;
  readonly event?: InspectedSignal;
  readonly snapshot?: InspectedSnapshot;
}

/** What a machine was sent. */
export interface InspectedSignal {
  readonly type: string;
  /** The message of an error that came with it, 256 characters at most. */
  readonly error?: string;
}

/** Where a machine or a step is. */
export interface InspectedSnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  /** The state of a machine, as in `{ open: 'idle' }`. */
  readonly value?: InspectedState;
}

/** A state, or states within one. */
export type InspectedState = string | { readonly [state: string]: InspectedState };

/** An inspector that is checked. */
export interface OwnInspect extends InspectObserver {
  readonly eventsPerSec: number;
}

/**
 * Checks an inspector and copies what it has: each of its members is read once.
 *
 * @throws {ConfigError} when it is none
 */
export function ownInspect(given: unknown): OwnInspect {
  if (checked.has(given)) return given;
  if (typeof given === 'function') {
    return checked.add({
      ...readOptions(settings, {}, what),
      next: given as InspectObserver['next'],
    });
  }
  const { next, eventsPerSec } = ownRecord(given, what, ['next', ...Object.keys(settings)]);
  if (typeof next !== 'function') {
    throw new ConfigError(
      `${what}: expected a function, or an object with the method next, got ${describe(next)} there`,
    );
  }
  const call = next as InspectObserver['next'];
  return checked.add({
    ...readOptions(settings, { eventsPerSec }, what),
    next: (event) => call.call(given as InspectObserver, event),
  });
}

const checked = new CheckedOnce<OwnInspect>();

const what = `option 'inspect'`;
const settings = { eventsPerSec: wholeOption(100, 1, 100_000) };
