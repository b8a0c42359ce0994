import { errorOf } from './error-of.js';

/**
 * Tells each of many something that all of them must hear, as that they are refused or that it is over.
 * One that throws does not keep the others from hearing it.
 *
 * @throws the first error, when all have been told
 */
export function tellAll<Item>(whom: Iterable<Item>, tell: (item: Item) => void): void {
  const errors: Error[] = [];
  for (const item of whom) {
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
