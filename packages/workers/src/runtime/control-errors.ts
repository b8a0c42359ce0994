import { ObserverError, textOf } from '@panoptes/core/observer';

/** Turns whatever was thrown into plain data. Never throws, whatever it is given. */
export function packError(thrown: unknown, depth = 0): ErrorMessage {
  try {
    if (!(thrown instanceof Error)) {
      return { ...noDetails, message: `a value that is no error was thrown: ${textOf(thrown)}` };
    }
    // Each is read once: it may be code of whoever threw it.
    const { name, message, stack, code, cause } = thrown as Readonly<
      Record<keyof ErrorMessage, unknown>
    >;
    return {
      name: cut(name, 'Error'),
      message: cut(message, ''),
      stack: stack === undefined ? undefined : cut(stack, ''),
      code: typeof code === 'string' ? cut(code, '') : undefined,
      cause: cause === undefined || depth === maxCauses ? undefined : packError(cause, depth + 1),
    };
  } catch {
    return { ...noDetails, message: 'an error that cannot be read was thrown' };
  }
}

/** Makes an error of what another thread sent; nothing in it is trusted to be what it should. */
export function unpackError(message: unknown, depth = 0): ObserverError {
  const fields = (typeof message === 'object' && message !== null ? message : {}) as Readonly<
    Record<string, unknown>
  >;
  const cause =
    typeof fields['cause'] === 'object' && fields['cause'] !== null && depth < maxCauses
      ? { cause: unpackError(fields['cause'], depth + 1) }
      : undefined;
  const code = typeof fields['code'] === 'string' ? cut(fields['code'], '') : undefined;
  const error = new ObserverError(
    cut(fields['message'], 'an error without a message'),
    cut(fields['name'], 'Error'),
    code,
    cause,
  );
  if (typeof fields['stack'] === 'string') error.stack = cut(fields['stack'], '');
  return error;
}

/** An error on its way between threads, as plain data. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly cause: ErrorMessage | undefined;
}

/** A chain of causes is carried no further than this; it may be a circle. */
const maxCauses = 4;
/** Longer texts are cut: an error is there to be read. */
const maxText = 8192;

const cut = (value: unknown, fallback: string): string =>
  typeof value === 'string' ? value.slice(0, maxText) : fallback;

const noDetails: ErrorMessage = {
  name: 'Error',
  message: '',
  stack: undefined,
  code: undefined,
  cause: undefined,
};
