import type { Logger } from 'pino';
import { isA } from '../error-of.js';
import type { SeqRange } from '../log/health-board.js';
import type { RestartReason } from './restart-reason.js';
import { logText } from './redaction.js';

/** Most causes of an error that are told with it. */
const maxCauses = 4;

/**
 * Says in the log why lives of an observer ended: each in a line, with the transaction that it was at;
 * how it came to that only when it is not as the time before.
 */
export class CrashLines {
  readonly #logger: Logger;
  /** The stack that was told last. */
  #told: string | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param inHand - the transactions that the life had in hand, if it had any */
  say(reason: RestartReason, error: Error, inHand: SeqRange | undefined): void {
    const { incarnation, code, message } = reason;
    const seq = inHand?.first;
    const lastSeq = inHand?.last === seq ? undefined : inHand?.last;
    const stack = logText(stackOf(error));
    const isKnown = stack === this.#told;
    this.#told = stack;
    const fields = { incarnation, code, seq, lastSeq, ...(isKnown ? {} : { stack }) };
    this.#logger.warn(fields, `crashed: ${logText(message)}`);
  }
}

/** An error's stack, and those of its causes. */
function stackOf(error: Error): string {
  const stacks: string[] = [];
  for (let at: unknown = error; isA(at, Error) && stacks.length <= maxCauses; at = at.cause) {
    stacks.push(at.stack ?? String(at));
  }
  return stacks.join('\ncaused by ');
}
