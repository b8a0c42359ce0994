import { errorOf } from './error-of.js';

/**
 * Calls `tell` for each item, even if it throws for one: for what all of them must be told, such as
 * an end.
 *
 * @throws the first error, when all have been told
 */
export function tellAll<Item>(items: Iterable<Item>, tell: (item: Item) => void): void {
  const errors: Error[] = [];
  for (const item of items) {
    try {
      tell(item);
    } catch (error) {
      errors.push(errorOf(error));
    }
  }
  if (errors.length > 0) throw errors[0]!;
}

/**
 * Takes steps that must all be taken, one after another, as those that end something.
 *
 * @throws the first error, when all have been taken
 */
export async function takeAll(...steps: readonly (() => unknown)[]): Promise<void> {
  const errors: Error[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(errorOf(error));
    }
  }
  if (errors.length > 0) throw errors[0]!;
}
