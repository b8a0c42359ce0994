import { type Clock, shortName } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { churnIterator } from '../churn/churn-events.js';
import type { ChurnSource } from '../churn/churn-source.js';
import { SkipCount, type Skipped } from '../traces/skipped.js';
import { TraceError } from '../traces/trace-error.js';
import { Pacer, type Speed } from '../time/speed.js';
import type { VirtualClock } from '../time/virtual-clock.js';
import type { ChurnCounts, ChurnTally, PopulationFigures } from './churn-tally.js';
import { InFlight, type Refusal } from './in-flight.js';
import { type InterruptDeadline, InterruptedWait } from './interrupt-deadline.js';
import type { Oracle } from './oracle.js';
import { type OnProgress, ProgressTeller } from './progress-teller.js';
import type { CommandAnswer, RegistryPort } from './registry-port.js';
import type { FeedWatch } from './simulation-watch.js';

/**
 * Plays churn into a registry, in order and with many commands outstanding, and the same changes
 * into the model. Virtual time runs ahead of commits by what is outstanding. A command that is refused
 * ends it, as an interruption does. Resolves when every command was answered and the last check made.
 *
 * @throws the error of the source or of a check
 */
export async function feed(deps: FeedDeps): Promise<FeedFigures> {
  const { source, registry, model, tally, watch, virtual, signal } = deps;
  const { untilMs = Number.POSITIVE_INFINITY } = deps;
  const events = churnIterator(source.events);
  const pacer = new Pacer(deps.speed, deps.real);
  let sent = 0;
  let answered = 0;
  let committed = 0;
  let hasEnded = false;
  let lastAt = 0;
  let whole = true;
  let nextCheck = eventsBetweenChecks;
  const skipped = new SkipCount(false);

  const limit = <T>(work: Promise<T>): Promise<T> => deps.deadline?.limit(work) ?? work;
  const send = (event: ChurnEvent): Promise<CommandAnswer> => {
    if (event.kind === 'patch') return registry.update(event.nodeId, event.patch);
    return event.kind === 'leave' ? registry.remove(event.nodeId) : registry.upsert(event.peer);
  };
  // In the order of sending, which is that of commits. What comes too late is in no report.
  const count = (event: ChurnEvent): void => {
    if (hasEnded) return;
    const place = answered++;
    if (event.kind === 'leave' && !tally.isOnline(event.nodeId)) {
      skipped.leaveOut(leftBefore(source.name, place, event.nodeId));
      return;
    }
    committed++;
    tally.count(event);
  };
  const progress = new ProgressTeller(deps.onProgress);
  const inFlight = new InFlight<ChurnEvent, CommandAnswer>(mostInFlight, count);
  const drained = (): Promise<void> => inFlight.drained();
  const check = async (isLast: boolean): Promise<void> => {
    await drained();
    // The model is ahead of a registry that refused something.
    if (inFlight.failure === undefined) await deps.check(isLast);
  };

  const play = async (): Promise<void> => {
    for (;;) {
      const step = events.next();
      const taken = step instanceof Promise ? await unlessAborted(step, signal) : step;
      if (taken === undefined || taken.done === true) break;
      const given = taken.value;
      const event = deps.take?.(given) ?? given;
      if (event.at > untilMs) {
        whole = false;
        break;
      }
      // Only what has to be waited for is awaited: most events pay no turn of their own.
      const due = pacer.due(event.at, signal);
      if (due !== undefined) await due;
      const room = inFlight.room();
      if (room !== undefined) await limit(room);
      const before = deps.before?.(event.at, drained);
      if (before !== undefined) await limit(before);
      if (watch !== undefined) {
        if (event.at >= watch.nextLookAt) {
          await limit(drained());
          const looked = watch.look(event.at);
          if (looked !== undefined) await limit(looked);
        }
        const ready = watch.before();
        if (ready !== undefined) await limit(ready);
      }
      if (signal?.aborted === true || inFlight.failure !== undefined) break;

      virtual.advanceTo(event.at);
      lastAt = event.at;
      const command = send(event);
      inFlight.add(command, event);
      const answered = watch?.sent(command);
      sent++;
      const behind = model.apply(event);
      if (behind !== undefined) await limit(behind);
      if (answered !== undefined) await limit(answered);
      if (behind !== undefined || due !== undefined) {
        progress.tell({ events: sent, online: tally.online, at: event.at });
      }
      if (sent >= nextCheck) {
        await limit(check(false));
        nextCheck = sent + Math.max(eventsBetweenChecks, 4 * tally.online);
      }
    }
    await limit(check(true));
    await limit(progress.finish(deps.real));
    const looked = watch?.look(Number.POSITIVE_INFINITY);
    if (looked !== undefined) await limit(looked);
  };
  try {
    await play();
  } catch (error) {
    // What was not ready in time is left out of the report.
    if (!(error instanceof InterruptedWait)) throw error;
  } finally {
    // A source that is still asked for its next event may never end.
    const ended = events.return?.();
    if (ended instanceof Promise) await unlessAborted(ended, signal);
  }

  hasEnded = true;
  const { failure } = inFlight;
  const interrupted = signal?.aborted === true;
  const spanMs =
    interrupted || failure !== undefined
      ? lastAt
      : Math.max(lastAt, whole ? Math.min(source.spanMs(), untilMs) : untilMs);
  virtual.advanceTo(spanMs);
  return {
    events: committed,
    ...tally.events,
    peers: tally.peers(spanMs),
    spanMs,
    interrupted,
    failure,
    skipped,
  };
}

/** @param place - of the event, from 0 */
const leftBefore = (file: string, place: number, nodeId: string): TraceError =>
  new TraceError(
    { file, field: `events[${place}]` },
    `expected the leave of a peer that is there, got that of '${shortName(nodeId)}', which is not`,
  );

/** The outcome of what is waited for; nothing once `signal` aborts, when it is no longer waited for. */
function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Commands sent and not yet answered, at most. */
const mostInFlight = 4_096;

/** Events between two checks, at least; more when there are many peers, whom a check looks at all. */
const eventsBetweenChecks = 16_384;

/** What was fed to the registry, and taken by it. */
export interface FeedFigures extends ChurnCounts {
  readonly events: number;
  readonly peers: PopulationFigures;
  /** Virtual milliseconds from the start to where feeding ended. */
  readonly spanMs: number;
  /** Whether it was stopped from outside. */
  readonly interrupted: boolean;
  /** What the registry refused, and with what, which ended it. */
  readonly failure: Refusal<ChurnEvent> | undefined;
  /** Events that change nothing: those of peers that leave and are not there. */
  readonly skipped: Skipped;
}

/** What the feed depends on. */
export interface FeedDeps {
  readonly source: ChurnSource;
  /** Checks an event that comes from outside, and gives what is to be played; all are played as they are unless given. */
  readonly take?: (event: unknown) => ChurnEvent;
  readonly registry: Pick<RegistryPort, 'upsert' | 'update' | 'remove'>;
  /** Gets the same changes. */
  readonly model: Pick<Oracle, 'apply'>;
  /** Counts those that are committed. */
  readonly tally: ChurnTally;
  /** Virtual time; advanced to each event before it is sent. */
  readonly virtual: VirtualClock;
  /** Real time, for pacing. */
  readonly real: Clock;
  readonly speed: Speed;
  /** Virtual milliseconds after which to stop; all of the source unless given. */
  readonly untilMs?: number | undefined;
  /** Stops feeding; what was sent is still finished. */
  readonly signal?: AbortSignal | undefined;
  /** How long what is waited for may take once it was stopped; for ever unless given. */
  readonly deadline?: Pick<InterruptDeadline, 'limit'>;
  readonly onProgress?: OnProgress | undefined;
  /**
   * Called before each event with its virtual time; what it returns is waited for. `drained` resolves
   * when nothing is outstanding.
   */
  readonly before?:
    ((at: number, drained: () => Promise<void>) => Promise<void> | undefined) | undefined;
  /**
   * Nothing is outstanding when its time to look has come: it then sees what was sent until then, and
   * not what is still waiting.
   */
  readonly watch?: FeedWatch | undefined;
  /** Called now and then, and last at the end, with no command outstanding and none refused. */
  readonly check: (isLast: boolean) => Promise<void>;
}
