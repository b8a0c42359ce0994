import { systemClock, withDeadline } from '../clock.js';
import { isA, messageWithCause } from '../error-of.js';
import { StoreError } from '../store-error.js';

/*
 * How the code of a store is called, which may be anybody's: whatever it does or gives comes to an end,
 * and what is wrong with it is a `StoreError` that names the method.
 */

/** A call of a method that may take a while. */
export interface StoreCall {
  readonly method: string;
  /** How long it may take, in milliseconds, and the option that says so. */
  readonly limitMs: number;
  readonly option: 'storeTimeoutMs' | 'storeOpenTimeoutMs';
  /** Is given what comes too late. Default: it is left alone. */
  readonly late?: (answer: unknown) => unknown;
}

/** A call of any method but `open`, which has a limit of its own. */
export const storeCall = (method: string, limitMs: number): StoreCall => ({
  method,
  limitMs,
  option: 'storeTimeoutMs',
});

/**
 * Calls a method and waits for its answer.
 *
 * @throws {StoreError} when it failed, with `STORE_STUCK` when it took too long
 */
export async function askStore(
  { method, limitMs, option, late }: StoreCall,
  ask: () => unknown,
): Promise<unknown> {
  const answer = new Promise((resolve) => resolve(ask()));
  const stuck = (): StoreError => {
    answer.then(late).catch(() => undefined);
    const message = `the store's ${method}() has not answered within ${limitMs} ms (${option})`;
    return new StoreError('STORE_STUCK', message);
  };
  try {
    return await withDeadline(systemClock, answer, limitMs, stuck);
  } catch (cause) {
    throw failedCall(method, cause);
  }
}

/**
 * Runs what calls a method that answers at once, or looks into an answer: either may throw.
 *
 * @throws {StoreError} when it does
 */
export function fromStore<Answer>(method: string, look: () => Answer): Answer {
  try {
    return look();
  } catch (cause) {
    throw failedCall(method, cause);
  }
}

/**
 * Steps through what a method gives, one at a time.
 *
 * @throws {StoreError} when it fails, gives nothing to step through, or takes too long for a step
 */
export async function* storeSteps(call: StoreCall, begin: () => unknown): AsyncGenerator {
  const { method } = call;
  const steps = fromStore(method, () => {
    const given = begin() as AsyncIterable<unknown> | undefined;
    if (typeof given?.[Symbol.asyncIterator] === 'function') return given[Symbol.asyncIterator]();
    throw new TypeError('expected it to return what can be looped over with "for await"');
  });
  let isOver = true;
  try {
    for (;;) {
      const step = (await askStore(call, () => steps.next())) as IteratorResult<unknown>;
      const { done, value } = fromStore(method, () => ({
        done: step.done,
        value: step.value as unknown,
      }));
      if (done === true) return;
      isOver = false;
      yield value;
      isOver = true;
    }
  } finally {
    // It was left: whoever does so wants nothing more of it.
    if (!isOver) await askStore(call, () => steps.return?.()).catch(() => undefined);
  }
}

/** What a store's code threw, which need not be what it should. */
export function failedCall(method: string, cause: unknown): StoreError {
  if (isA(cause, StoreError)) return cause;
  const message = `the store's ${method}() failed: ${messageWithCause(cause)}`;
  return new StoreError('STORE_FAILED', message, { cause });
}
