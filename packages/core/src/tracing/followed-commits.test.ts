import { describe, expect, it } from 'vitest';
import { ManualClock, settleTurns } from '../registry/manual-clock.fixture.js';
import { FollowedCommits } from './followed-commits.js';

/** An observer whose place in the log the test says. */
class Reader {
  isFollowing = true;
  readonly record = { cursor: 0, incarnation: 1, snapshots: { resyncs: 0 } };
}

class Readers {
  readonly clock = new ManualClock();
  readonly observers = new Map<string, Reader>();
  readonly failures: unknown[] = [];
  readonly told: string[] = [];
  /** How often cursors were asked for. */
  looks = 0;
  readonly followed: FollowedCommits;
  #wake: (() => void) | undefined;

  constructor(...names: string[]) {
    for (const name of names) this.observers.set(name, new Reader());
    const moved = (): Promise<void> => {
      this.looks++;
      return new Promise((resolve) => (this.#wake = resolve));
    };
    this.followed = new FollowedCommits({
      clock: this.clock,
      progress: { moved, wake: () => this.#wake?.() },
      observers: this.observers,
      followMs: 1_000,
      failed: (cause) => this.failures.push(cause),
    });
  }

  commit(seq: number): number {
    return this.followed.follow(seq, (name, outcome) =>
      this.told.push(`${seq} ${name} ${outcome}`),
    );
  }

  reader(name: string): Reader {
    return this.observers.get(name)!;
  }

  /** Somebody has moved. */
  async moves(): Promise<void> {
    this.#wake?.();
    await settleTurns();
    this.clock.advance(1);
    await settleTurns();
  }
}

describe('commits that are followed', () => {
  it('are told of once for each observer, when its cursor is there', async () => {
    const all = new Readers('a', 'b');
    expect(all.commit(1)).toBe(2);
    all.commit(3);
    all.reader('a').record.cursor = 2;
    await all.moves();
    expect(all.told).toEqual(['1 a finished']);
    all.reader('b').record.cursor = 3;
    await all.moves();
    expect(all.told.slice(1)).toEqual(['1 b finished', '3 b finished']);
    all.reader('a').record.cursor = 9;
    await all.moves();
    expect(all.told.slice(3)).toEqual(['3 a finished']);
  });

  it('are not followed through those that do not follow the log', () => {
    const all = new Readers('a', 'b');
    all.reader('b').isFollowing = false;
    expect(all.commit(1)).toBe(1);
  });

  it.each([
    ['is gone', ({ observers }: Readers) => observers.delete('a')],
    ['is not following', (all: Readers) => (all.reader('a').isFollowing = false)],
    ['has been started again', (all: Readers) => all.reader('a').record.incarnation++],
    ['has got a new snapshot', (all: Readers) => all.reader('a').record.snapshots.resyncs++],
  ])('are left by an observer that %s, wherever its cursor is', async (_, leaves) => {
    const all = new Readers('a', 'b');
    all.commit(1);
    all.reader('a').record.cursor = 7;
    leaves(all);
    await all.moves();
    expect(all.told).toEqual(['1 a left']);
  });

  it('are left by an earlier incarnation, and followed through the next', async () => {
    const all = new Readers('a');
    all.commit(1);
    all.reader('a').record.incarnation++;
    all.commit(2);
    expect(all.told).toEqual(['1 a left']);
    all.reader('a').record.cursor = 2;
    await all.moves();
    expect(all.told.slice(1)).toEqual(['2 a finished']);
  });

  it('are given up after their time, though nobody moves', async () => {
    const all = new Readers('a');
    all.commit(1);
    await settleTurns();
    all.clock.advance(999);
    all.commit(2);
    await settleTurns();
    expect(all.told).toEqual([]);
    for (let ms = 0; ms < 3; ms++) {
      all.clock.advance(1);
      await settleTurns();
    }
    expect(all.told).toEqual(['1 a late']);
  });

  it('are looked at once in a millisecond, and not at all when there are none', async () => {
    const all = new Readers('a');
    all.commit(1);
    await all.moves();
    const { looks } = all;
    for (let time = 0; time < 5; time++) await all.moves();
    expect(all.looks).toBeLessThanOrEqual(looks + 5);
    all.reader('a').record.cursor = 1;
    await all.moves();
    const last = all.looks;
    await all.moves();
    expect(all.looks).toBe(last);
    expect(all.clock.timers).toBe(0);
  });

  it('are all at their end when it is closed, seen for the last time, and none is followed any more', async () => {
    const all = new Readers('a', 'b');
    all.commit(1);
    all.reader('a').record.cursor = 1;
    all.followed.close();
    expect(all.told).toEqual(['1 a finished', '1 b left']);
    expect(all.commit(2)).toBe(0);
    await all.moves();
    expect([all.told.length, all.failures]).toEqual([2, []]);
  });
});
