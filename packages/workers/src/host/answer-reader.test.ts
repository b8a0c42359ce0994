import { type Clock, nextTurn, systemClock } from '@panoptes/core';
import { expect, it } from 'vitest';
import { AnswerReader } from './answer-reader.js';

/** A reader of answers that are each as long as they take to read, in milliseconds. */
function open() {
  let now = 0;
  const read: number[] = [];
  const clock: Clock = { ...systemClock, monotonic: () => now };
  const reader = new AnswerReader((ms) => {
    now += ms as number;
    read.push(ms as number);
    if (ms === 13) throw new Error('no answer');
    return ms;
  }, clock);
  return { reader, read };
}

it('reads answers in order, and lets a turn pass when they have taken long', async () => {
  const { reader, read } = open();
  const lengths = [1, 1, 100, 1, 5, 1, 1, 1, 1, 1];
  const answers = Promise.all(lengths.map((ms) => reader.take(ms)));
  expect(read).toEqual([1]);
  const turns: number[] = [];
  while (read.length < lengths.length) {
    await nextTurn();
    turns.push(read.length);
  }
  expect(await answers).toEqual(lengths);
  // One alone, as it came; then those of 4 ms together, and of more no second one.
  expect(turns.slice(-5).filter((count, at, all) => count !== all[at - 1])).toEqual([3, 5, 9, 10]);
});

it('reads no second one in a turn in which one has taken long, however they come', async () => {
  const { reader, read } = open();
  await reader.take(100);
  const next = reader.take(100);
  await Promise.resolve();
  expect(read).toEqual([100]);
  await next;
});

it('fails the answer that cannot be read, and no other', async () => {
  const { reader } = open();
  const ends = await Promise.allSettled([1, 13, 2].map((ms) => reader.take(ms)));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
