import { describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../driver/registry-port.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { CommitProbe } from './commit-probe.js';

const answer = { seq: 1, change: 'added' } as CommandAnswer;

describe('the latency of a commit', () => {
  it('is that of commands that are alone, however many are outstanding between them', async () => {
    const clock = new VirtualClock(0);
    const probe = new CommitProbe(clock);
    // A registry that takes 3 ms for each command, one after the other.
    let freeAt = 0;
    let outstanding = 0;
    let mostOutstanding = 0;
    const send = (): Promise<CommandAnswer> => {
      mostOutstanding = Math.max(mostOutstanding, ++outstanding);
      freeAt = Math.max(freeAt, clock.monotonic()) + 3;
      return new Promise((resolve) => {
        clock.after(freeAt - clock.monotonic(), () => {
          outstanding--;
          resolve(answer);
        });
      });
    };
    const waited = async (promise: Promise<void> | undefined): Promise<void> => {
      if (promise === undefined) return;
      let isOver = false;
      void promise.then(() => (isOver = true));
      while (!isOver) {
        await Promise.resolve();
        await Promise.resolve();
        clock.advanceTo(clock.monotonic() + 1);
      }
    };
    for (let command = 0; command < 3_000; command++) {
      await waited(probe.before());
      probe.sent(send());
      await waited(probe.after());
    }
    expect(mostOutstanding).toBe(255);
    expect(probe.figures().count).toBe(2_048 / 16 + 4);
    expect(probe.figures().max).toBeLessThan(8);
  });

  it('leaves out what was refused', async () => {
    const probe = new CommitProbe(new VirtualClock(0));
    await probe.before();
    const refused = Promise.reject<CommandAnswer>(new Error('no'));
    refused.catch(() => undefined);
    probe.sent(refused);
    await probe.after();
    expect(probe.figures()).toMatchObject({ count: 0, p50: null });
  });
});
