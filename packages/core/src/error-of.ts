import { describe } from './describe.js';

/** What was thrown, as an error. Never throws, whatever it is given. */
export function errorOf(thrown: unknown): Error {
  if (isA(thrown, Error)) return thrown;
  try {
    return new Error(textOf(thrown));
  } catch {
    return new Error('a value that cannot be read was thrown');
  }
}

/** The message of anything that was thrown, cut if it is long. Never throws, whatever it is given. */
export function messageOf(thrown: unknown): string {
  try {
    // An error's own code may have put anything there, or something that throws when it is read.
    const message: unknown = errorOf(thrown).message;
    return textOf(message);
  } catch {
    return 'an error that cannot be read was thrown';
  }
}

/** Longest text of what was thrown, in characters: it is there to be read. */
const longestText = 8_192;

/**
 * A value as a text, cut if it is long. Lists, bytes and big numbers are described, for their text takes
 * many times as long to make as they did.
 *
 * @throws what the value's own code throws
 */
export function textOf(value: unknown): string {
  const isLong = typeof value === 'bigint' || Array.isArray(value) || ArrayBuffer.isView(value);
  return isLong ? describe(value) : String(value).slice(0, longestText);
}

/** A chain of causes is followed no further than this: it may be a circle. */
const deepest = 16;

/**
 * The message of an error, followed by that of its deepest cause where it does not say that itself:
 * the first alone often tells only that something failed. Never throws, whatever it is given.
 */
export function messageWithCause(thrown: unknown): string {
  const message = messageOf(thrown);
  let at = thrown;
  try {
    for (let depth = 0; depth < deepest; depth++) {
      const { cause } = at as { readonly cause?: unknown };
      if (cause === undefined || cause === null) break;
      at = cause;
    }
    const reason = messageOf(at);
    return reason === '' || message.includes(reason) ? message : `${message}: ${reason}`;
  } catch {
    return message;
  }
}

/** Whether a value is an instance of a class: `instanceof`, which runs and throws what a proxy wants. */
export function isA<T>(value: unknown, type: abstract new (...given: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}
