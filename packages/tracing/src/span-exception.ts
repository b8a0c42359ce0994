/** An error as spans have it: bounded, and without a stack, which is of the registry's own code. */
export interface SpanException {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

/** What refused a command, or a vote, as spans have it. */
export function spanException(error: unknown): SpanException {
  const { name, message, code } = error as {
    readonly name?: unknown;
    readonly message?: unknown;
    readonly code?: unknown;
  };
  const ownName = textOr('Error', name);
  return { name: ownName, message: textOr('', message), code: textOr(ownName, code) };
}

const textOr = (otherwise: string, value: unknown): string =>
  typeof value === 'string' ? value.slice(0, longestText) : otherwise;

/** Longest text of an exception, in characters. */
const longestText = 1_024;
