import { expect, it } from 'vitest';
import { type DeadLetter, DeadLetters } from './dead-letters.js';

it('dead letters are bounded: the oldest makes room, and all are counted', () => {
  const letters = new DeadLetters(2);
  const letter = (seq: number): DeadLetter => {
    const error = new Error('a bug');
    return { observer: 'a', incarnation: 1, seq, lastSeq: seq, code: 'error', error, at: 1 };
  };
  for (const seq of [1, 2, 3]) letters.add(letter(seq));
  expect(letters.list().map(({ seq }) => seq)).toEqual([2, 3]);
  expect(letters.total).toBe(3);
  letters.list().length = 0;
  expect(letters.list()).toHaveLength(2);
});
