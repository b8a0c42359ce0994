import { isA } from '../error-of.js';
import type { SeqRange } from '../log/health-board.js';
import type { ObserverLines } from './observer-lines.js';
import type { RestartReason } from './restart-reason.js';
import { logText } from './redaction.js';

/**
 * Logs why incarnations of an observer failed: each in a line, with the transaction that it was at,
 * and with its stack when that is not the same as the time before.
 */
export class CrashLines {
  readonly #lines: ObserverLines;
  /** The stack that was logged last. */
  #told: string | undefined;

  constructor(lines: ObserverLines) {
    this.#lines = lines;
  }

  /** @param inHand - the transactions that the incarnation was at, if it was at any */
  say(reason: RestartReason, error: Error, inHand: SeqRange | undefined): void {
    const { incarnation, code, message } = reason;
    const seq = inHand?.first;
    const lastSeq = inHand?.last === seq ? undefined : inHand?.last;
    const stack = logText(stackOf(error));
    const isKnown = stack === this.#told;
    this.#told = stack;
    const fields = { incarnation, code, seq, lastSeq, ...(isKnown ? {} : { stack }) };
    this.#lines.say('warn', fields, `crashed: ${logText(message)}`);
  }
}

/** Most causes of an error that are logged with it. */
const maxCauses = 4;

/** An error's stack, and those of its causes. */
function stackOf(error: Error): string {
  const stacks: string[] = [];
  for (let at: unknown = error; isA(at, Error) && stacks.length <= maxCauses; at = at.cause) {
    stacks.push(at.stack ?? String(at));
  }
  return stacks.join('\ncaused by ');
}
