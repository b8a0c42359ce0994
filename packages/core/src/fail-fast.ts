/**
 * Takes a step that can only fail because of a bug, and tells of it: a caller that waits for the step
 * would take the error for its own, or nothing waits at all.
 *
 * @param failed - is told of the bug
 * @throws what the step threw
 */
export async function failFast<T>(
  failed: (cause: unknown) => void,
  step: () => T | Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    failed(cause);
    throw cause;
  }
}
