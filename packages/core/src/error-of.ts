/** What was thrown, as an error. Never throws, whatever it is given. */
export function errorOf(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  try {
    return new Error(String(thrown));
  } catch {
    return new Error('a value that cannot be read was thrown');
  }
}
