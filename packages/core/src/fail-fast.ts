/**
 * Takes a step that can only fail because of a bug, and tells of it: whoever waits for the step would
 * take the error for one of somebody else, or nobody waits at all.
 *
 * @param failed - hears of the bug
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
