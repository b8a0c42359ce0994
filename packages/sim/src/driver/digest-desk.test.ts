import { availableParallelism } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import { DigestDesk } from './digest-desk.js';

/** An observer whose every digest is answered when a test says so. */
function askedObserver(name: string) {
  const answers: ((digest: string) => void)[] = [];
  const digest = (): Promise<string> => new Promise((resolve) => answers.push(resolve));
  return { name, digest, answers };
}

/** What becomes of a question, as long as it is not known. */
function outcomeOf(asked: Promise<string>) {
  const outcome: { value?: string; error?: Error } = {};
  asked.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = error as Error),
  );
  return outcome;
}

async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (const end = clock.monotonic() + ms; clock.monotonic() < end;) {
    clock.advanceTo(Math.min(end, clock.monotonic() + 50));
    await turn();
  }
}

const hangTimeoutMs = 1_000;

describe('a digest', () => {
  it('that is never answered is waited for twice the time to hang, and names its observer', async () => {
    const clock = new VirtualClock(0);
    const outcome = outcomeOf(new DigestDesk(clock, hangTimeoutMs).of(askedObserver('silent')));
    await pass(clock, 2 * hangTimeoutMs - 50);
    expect(outcome).toEqual({});
    await pass(clock, 50);
    expect(outcome.error).toMatchObject({
      code: 'OBSERVER_UNAVAILABLE',
      message:
        "observer 'silent' did not answer: its digest() has not settled for 2000 ms (hangTimeoutMs: 1000)",
    });
  });

  it('is not asked for again while an earlier one is owed, and is when that has come', async () => {
    const clock = new VirtualClock(0);
    const desk = new DigestDesk(clock, hangTimeoutMs);
    const late = askedObserver('late');
    const first = outcomeOf(desk.of(late));
    await pass(clock, 2 * hangTimeoutMs);
    await expect(desk.of(late)).rejects.toBe(first.error);
    expect(late.answers).toHaveLength(1);
    late.answers[0]!('at last');
    await turn();
    const again = desk.of(late);
    late.answers[1]!('again');
    expect(await again).toBe('again');
  });

  it('is waited for as long as others are answered, and longer where many share the processors', async () => {
    const clock = new VirtualClock(0);
    const desk = new DigestDesk(clock, hangTimeoutMs);
    const slow = outcomeOf(desk.of(askedObserver('slow')));
    const many = Array.from({ length: 4 * availableParallelism() - 1 }, (_, at) =>
      askedObserver(`o${at}`),
    );
    for (const one of many) outcomeOf(desk.of(one));
    await pass(clock, 7 * hangTimeoutMs);
    expect(slow).toEqual({});
    for (const { answers } of many) answers[0]!('done');
    await turn();
    await pass(clock, 2 * hangTimeoutMs - 50);
    expect(slow).toEqual({});
    await pass(clock, 100);
    expect(slow.error?.message).toContain("'slow'");
  });

  it('is not missed by a thread that was stalled itself', async () => {
    const clock = new VirtualClock(0);
    // However late a look comes, it is one look.
    const stalled = {
      now: () => 0,
      monotonic: () => clock.monotonic(),
      after: (ms: number, task: () => void) => clock.after(20 * ms, task),
    };
    const outcome = outcomeOf(new DigestDesk(stalled, hangTimeoutMs).of(askedObserver('well')));
    await pass(clock, 10 * hangTimeoutMs);
    expect(outcome).toEqual({});
  });

  it('that cannot be asked for fails as it does', async () => {
    const desk = new DigestDesk(new VirtualClock(0), hangTimeoutMs);
    const gone = new Error('gone');
    const asked = desk.of({ name: 'gone', digest: () => Promise.reject(gone) });
    await expect(asked).rejects.toBe(gone);
  });
});
