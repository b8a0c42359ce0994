/** What was taken from a sequence to look at it, in its order, and the rest of the sequence. */
export async function* startingWith<T>(
  first: Iterable<T>,
  rest: AsyncIterable<T>,
): AsyncGenerator<T, undefined> {
  yield* first;
  yield* rest;
}
