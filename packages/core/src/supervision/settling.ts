import type { Clock } from '../clock.js';
import { SettleTimeoutError } from '../errors.js';
import type { ChangeLog } from '../log/change-log.js';
import type { Electorate } from '../voting/electorate.js';
import type { ObserverActor } from './observer-actor.js';

/**
 * Waits until no observer is behind any longer, looking again whenever a cursor or a state has changed.
 *
 * @param seq - for the message
 * @throws {SettleTimeoutError} naming those that still are, after `timeoutMs`
 * @throws {RegistryFailedError} as soon as the registry has failed
 */
export async function untilSettled(
  { log, clock, electorate, failure }: SettlingDeps,
  seq: number,
  timeoutMs: number,
  behind: () => readonly ObserverActor[],
): Promise<void> {
  // Without a wait, which nothing might end.
  failure.throwIfAborted();
  if (behind().length === 0) return;
  let isLate = false;
  const cancel = clock.after(timeoutMs, () => {
    isLate = true;
    log.progress.wake();
  });
  try {
    for (;;) {
      const moved = log.progress.moved();
      log.doorbell.ring();
      electorate.nudge();
      failure.throwIfAborted();
      const late = behind();
      if (late.length === 0) return;
      if (isLate) {
        const names = late.map(({ name, state }) => `${name} (${state})`);
        throw new SettleTimeoutError(
          `after ${timeoutMs} ms not every observer has reached seq ${seq}: ${names.join(', ')}`,
        );
      }
      await moved;
    }
  } finally {
    cancel();
  }
}

/** What waiting depends on. */
export interface SettlingDeps {
  readonly log: ChangeLog;
  readonly clock: Clock;
  readonly electorate: Electorate;
  readonly failure: AbortSignal;
}
