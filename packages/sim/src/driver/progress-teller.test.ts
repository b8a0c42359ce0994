import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import { ProgressTeller } from './progress-teller.js';

const progress = { events: 1, online: 1, at: 0 };
const clock = (): VirtualClock => new VirtualClock(0);

it('what a call throws is thrown', () => {
  const teller = new ProgressTeller(() => {
    throw new Error('thrown');
  });
  expect(() => teller.tell(progress)).toThrow('thrown');
});

it('what a call rejects with is thrown at the next one, which is not made', async () => {
  let calls = 0;
  const teller = new ProgressTeller(() => {
    calls++;
    return Promise.reject(new Error('rejected'));
  });
  teller.tell(progress);
  await turn();
  expect(() => teller.tell(progress)).toThrow('rejected');
  expect(calls).toBe(1);
});

it('what a call rejects with later is thrown at the end, which waits for it', async () => {
  let reject: (error: unknown) => void = () => undefined;
  const teller = new ProgressTeller(() => new Promise((_, no) => (reject = no)));
  teller.tell(progress);
  const end = teller.finish(clock());
  reject('no error at all');
  await expect(end).rejects.toThrow('no error at all');
});

it('the end waits no longer than a while for a call that does not settle', async () => {
  const time = clock();
  const teller = new ProgressTeller(() => new Promise(() => undefined));
  teller.tell(progress);
  let hasEnded = false;
  const end = teller.finish(time).then(() => (hasEnded = true));
  time.advanceTo(1_999);
  await turn();
  expect(hasEnded).toBe(false);
  time.advanceTo(2_000);
  await end;
});
