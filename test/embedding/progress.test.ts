import { type GivenEvent, simulate } from '@panoptes/sim';
import { profileOf } from '@panoptes/testkit';
import { expect, it } from 'vitest';

const joins = Array.from({ length: 5_000 }, (_, at): GivenEvent => ({
  at,
  kind: 'join',
  peer: profileOf(`a${at}`),
}));

it.each([
  [
    'throws',
    () => {
      throw new Error('the bar is full');
    },
  ],
  ['rejects', () => Promise.reject(new Error('the bar is full'))],
])('an onProgress that %s fails its run, and ends nothing else', async (_, onProgress) => {
  const stray: unknown[] = [];
  const note = (reason: unknown): void => void stray.push(reason);
  process.on('unhandledRejection', note);
  try {
    const run = simulate({ source: joins, observers: [], onProgress });
    await expect(run).rejects.toThrow('the bar is full');
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(stray).toEqual([]);
});
