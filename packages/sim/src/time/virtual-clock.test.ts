import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.js';

describe('virtual time', () => {
  it('passes only when it is told to, and never goes back', () => {
    const clock = new VirtualClock(1_000);
    expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0]);
    clock.advanceTo(50);
    clock.advanceTo(20);
    expect([clock.now(), clock.monotonic()]).toEqual([1_050, 50]);
  });

  it('runs what falls due in order of time, and of setting at one instant', () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name}@${clock.monotonic()}`);
    clock.after(20, note('late'));
    for (let n = 0; n < 5; n++) clock.after(10, note(`same ${n}`));
    clock.after(5, () => clock.after(1, note('nested')));
    clock.advanceTo(15);
    expect(ran).toEqual(['nested@6', ...Array.from({ length: 5 }, (_, n) => `same ${n}@10`)]);
    clock.advanceTo(20);
    expect(ran.at(-1)).toBe('late@20');
  });

  it('does not run what was cancelled', () => {
    const clock = new VirtualClock(0);
    let ran = 0;
    const cancel = clock.after(10, () => ran++);
    clock.after(10, () => ran++);
    cancel();
    cancel();
    clock.advanceTo(10);
    expect(ran).toBe(1);
  });
});
