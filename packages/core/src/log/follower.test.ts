import { describe, expect, it } from 'vitest';
import { ChangeLog } from './change-log.js';
import { type Follower, follow } from './follower.js';
import { LogReader } from './log-reader.js';
import { nextTurn } from '../turns.js';
import { writeTransaction } from './self-checking.fixture.mjs';

function open() {
  const log = new ChangeLog({ logBytes: 4096, readers: 2 });
  const from = log.writer.checkpoint();
  const line = log.lines.allocate(1, from)!;
  const reader = new LogReader(log.memory, { from, line, runBytes: 256 });
  const write = (count: number): void => {
    for (; count > 0; count--) writeTransaction(log.writer, log.writer.lastSeq + 1);
    log.writer.publish();
    log.doorbell.ring();
  };
  const cursor = (): number => log.lines.cursor(line, log.writer.lastSeq);
  return { log, line, reader, write, cursor };
}

describe('a follower', () => {
  it('is handed each run when it is done with the one before, and ends with the log', async () => {
    const { log, reader, write, cursor } = open();
    const seen: number[] = [];
    let busy = 0;
    const follower: Follower = {
      take: async ({ firstSeq, lastSeq }) => {
        expect(busy++).toBe(0);
        await nextTurn();
        busy--;
        for (let seq = firstSeq; seq <= lastSeq; seq++) seen.push(seq);
        reader.advance();
      },
    };
    const following = follow(reader, follower);
    write(5);
    await nextTurn();
    write(3);
    log.close();
    expect(await following).toBe('ended');
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(cursor()).toBe(8);
  });

  it('goes on where it was stopped, and is overtaken meanwhile like any other', async () => {
    const { reader, write } = open();
    const seen: number[] = [];
    const follower: Follower = {
      take: ({ firstSeq, lastSeq }) => {
        for (let seq = firstSeq; seq <= lastSeq; seq++) seen.push(seq);
        reader.advance();
        return undefined;
      },
    };
    /** A bell that was rung is heard in one of the next turns. */
    const untilSeen = async (count: number): Promise<void> => {
      while (seen.length < count) await nextTurn();
    };
    const following = follow(reader, follower);
    write(2);
    await untilSeen(2);
    reader.stop();
    expect(await following).toBe('ended');
    write(3);
    await nextTurn();
    expect(seen).toEqual([1, 2]);
    reader.goOn();
    const again = follow(reader, follower);
    await untilSeen(5);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    reader.stop();
    await again;
    write(60);
    reader.goOn();
    expect(await follow(reader, follower)).toBe('lapped');
    expect(seen).toHaveLength(5);
  });

  it('moves its cursor when it will, for several runs at once, each transaction counted once', async () => {
    const { log, line, reader, write, cursor } = open();
    write(8);
    log.close();
    const cursors: number[] = [];
    const follower: Follower = {
      take: ({ lastSeq }) => {
        cursors.push(cursor());
        if (lastSeq >= 4 && cursor() === 0) reader.advance(3);
        return undefined;
      },
    };
    expect(await follow(reader, follower)).toBe('ended');
    expect(new Set(cursors)).toEqual(new Set([0, 3]));
    reader.advance();
    expect([cursor(), log.lines.delivered(line)]).toEqual([8, 8]);
  });

  it('does what it has put off when all is read, and sleeps when there is no more of that', async () => {
    const { log, reader, write } = open();
    write(2);
    const steps: string[] = [];
    let owed = 0;
    const follower: Follower = {
      take: ({ lastSeq }) => {
        steps.push(`take ${lastSeq}`);
        owed++;
        return undefined;
      },
      caughtUp: () => {
        if (owed === 0) return undefined;
        owed = 0;
        steps.push('caught up');
        return Promise.resolve();
      },
      park: () => {
        steps.push('sleep');
        log.close();
        return Promise.resolve();
      },
    };
    expect(await follow(reader, follower)).toBe('ended');
    expect(steps.slice(-2)).toEqual(['caught up', 'sleep']);
  });

  it('says that it was overtaken, by this log or by what else it goes by', async () => {
    const { log, reader, write } = open();
    expect(await follow(reader, { take: () => undefined, look: () => 'lapped' })).toBe('lapped');
    write(200);
    expect(await follow(reader, { take: () => undefined })).toBe('lapped');
    log.close();
  });

  it('lets the event loop have its turns while there is more and more to read', async () => {
    const { log, reader, write } = open();
    let turns = 0;
    let isOver = false;
    const count = async (): Promise<void> => {
      for (; !isOver; turns++) await nextTurn();
    };
    void count();
    write(1);
    const follower: Follower = {
      take: () => {
        reader.advance();
        if (turns < 3) write(1);
        else log.close();
        return undefined;
      },
    };
    expect(await follow(reader, follower)).toBe('ended');
    isOver = true;
  });

  it('ends with what it throws', async () => {
    const { log, reader, write } = open();
    write(1);
    const bug = new Error('bug');
    const take = (): undefined => {
      throw bug;
    };
    await expect(follow(reader, { take })).rejects.toBe(bug);
    log.close();
  });
});
