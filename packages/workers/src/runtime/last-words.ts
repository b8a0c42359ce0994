import type { ObserverError } from '@panoptes/core/observer';
import { packError, unpackError } from './control-errors.js';

/** The text of an uncaught error, for `lastWordsOf`; on one line. */
export function lastWords(thrown: unknown): string {
  try {
    const text = JSON.stringify(packError(thrown));
    // The observer may have changed what cuts texts.
    if (text.length <= maxChars) return text;
  } catch {
    // Nor need it be possible at all.
  }
  return 'an error that cannot be read';
}

/**
 * Keeps uncaught errors of this thread small. The runtime would send the error with all that hangs
 * on it, and the main thread would read all of that before its size could be checked; what is thrown here in
 * its place is a text. The observer's own handlers are called first, with the error itself.
 *
 * @param end - ends what runs the observer with that text
 */
export function keepLastWordsShort(end: (words: string) => never = endThread): void {
  type Handler = (error: Error) => void;
  let own: Handler | null = null;
  // Its types know no event that may be anything.
  const emit = process.emit.bind(process) as (event: string, ...args: unknown[]) => boolean;
  process.setUncaughtExceptionCaptureCallback((error) => {
    let thrown: unknown = error;
    try {
      if (own !== null) return own(error);
      if (emit('uncaughtException', error, 'uncaughtException')) return;
    } catch (another) {
      thrown = another;
    }
    end(lastWords(thrown));
  });
  // There is one such handler, and it is taken: the observer's is called from it.
  process.setUncaughtExceptionCaptureCallback = (handler: Handler | null) => {
    own = handler;
  };
  process.hasUncaughtExceptionCaptureCallback = () => own !== null;
}

/** Reads on the main thread what a thread ended with. */
export function lastWordsOf(error: unknown): ObserverError {
  if (typeof error !== 'string') return unpackError(error);
  try {
    return unpackError(JSON.parse(error));
  } catch {
    return unpackError(packError(error));
  }
}

/** Longest text of an uncaught error, in characters: far more than `packError` leaves of one. */
const maxChars = 512 * 1024;

function endThread(words: string): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- it has nothing that could be large
  throw words;
}
