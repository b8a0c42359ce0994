import type { Clock } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { Pacer, type Speed } from '../time/speed.js';
import type { VirtualClock } from '../time/virtual-clock.js';
import { InFlight, type Refusal } from './in-flight.js';
import { type InterruptDeadline, InterruptedWait } from './interrupt-deadline.js';
import type { Oracle } from './oracle.js';
import type { ChurnFigures, PlayedChurn } from './played-churn.js';
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
  const { churn, registry, model, watch, virtual, signal } = deps;
  const { tally } = churn;
  const pacer = new Pacer(deps.speed, deps.real, churn.lastAt);
  let hasEnded = false;
  let nextCheck = churn.sent + eventsBetweenChecks;

  const limit = <T>(work: Promise<T>): Promise<T> => deps.deadline?.limit(work) ?? work;
  const send = (event: ChurnEvent): Promise<CommandAnswer> => {
    if (event.kind === 'patch') return registry.update(event.nodeId, event.patch);
    return event.kind === 'leave' ? registry.remove(event.nodeId) : registry.upsert(event.peer);
  };
  // What comes too late is in no report.
  const count = (event: ChurnEvent): void => {
    if (!hasEnded) churn.count(event);
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
      const next = churn.next(signal);
      const event = next instanceof Promise ? await next : next;
      if (event === undefined) break;
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
      churn.send(event);
      const command = send(event);
      inFlight.add(command, event);
      const answered = watch?.sent(command);
      const behind = model.apply(event);
      if (behind !== undefined) await limit(behind);
      if (answered !== undefined) await limit(answered);
      if (behind !== undefined || due !== undefined) {
        progress.tell({ events: churn.sent, online: tally.online, at: event.at });
      }
      if (churn.sent >= nextCheck) {
        await limit(check(false));
        nextCheck = churn.sent + Math.max(eventsBetweenChecks, 4 * tally.online);
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
    await churn.end(signal);
  }

  hasEnded = true;
  const { failure } = inFlight;
  const interrupted = signal?.aborted === true;
  const spanMs = churn.spanMs(interrupted || failure !== undefined);
  virtual.advanceTo(spanMs);
  return { ...churn.figures(spanMs), interrupted, failure };
}

/** Commands sent and not yet answered, at most. */
const mostInFlight = 4_096;

/** Events between two checks, at least; more when there are many peers, whom a check looks at all. */
const eventsBetweenChecks = 16_384;

/** What was fed to the registry, and taken by it. */
export interface FeedFigures extends ChurnFigures {
  /** Whether it was stopped from outside. */
  readonly interrupted: boolean;
  /** What the registry refused, and with what, which ended it. */
  readonly failure: Refusal<ChurnEvent> | undefined;
}

/** What the feed depends on. */
export interface FeedDeps {
  /** What is played, of which the beginning may have been. */
  readonly churn: PlayedChurn;
  readonly registry: Pick<RegistryPort, 'upsert' | 'update' | 'remove'>;
  /** Gets the same changes. */
  readonly model: Pick<Oracle, 'apply'>;
  /** Virtual time; advanced to each event before it is sent. */
  readonly virtual: VirtualClock;
  /** Real time, for pacing. */
  readonly real: Clock;
  readonly speed: Speed;
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
