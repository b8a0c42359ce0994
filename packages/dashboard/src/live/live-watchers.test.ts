import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { LiveWatchers } from './live-watchers.js';
import { ManualTime } from './manual-time.fixture.js';

/** A response whose reader reads when the test says so. */
class Response extends EventEmitter {
  readonly got: string[] = [];
  isFull = false;
  destroyed = false;

  write(bytes: Buffer): boolean {
    this.got.push(bytes.toString());
    return !this.isFull;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function watching(most = 2) {
  const time = new ManualTime();
  const watchers = new LiveWatchers(time, most);
  const add = (): Response => {
    const response = new Response();
    watchers.add(response as unknown as ServerResponse);
    return response;
  };
  return { time, watchers, add };
}

describe('those who watch', () => {
  it('get what is sent as one event each', () => {
    const { watchers, add } = watching();
    const response = add();
    watchers.send('sample', '{"a":"\\n"}');
    expect(response.got).toEqual(['event: sample\ndata: {"a":"\\n"}\n\n']);
  });

  it('may be sent something alone, unless they are behind or gone', () => {
    const { watchers, add } = watching();
    const [one, other] = [add(), add()];
    const sendTo = (to: Response) => watchers.sendTo(to as unknown as ServerResponse, 'a', '1');
    sendTo(one);
    expect([one.got, other.got]).toEqual([['event: a\ndata: 1\n\n'], []]);
    one.isFull = true;
    for (let n = 0; n < 5; n++) sendTo(one);
    expect(one.got).toHaveLength(2);
    other.destroy();
    sendTo(other);
    expect(other.got).toEqual([]);
  });

  it('are sent nothing more while they have not read what they were', () => {
    const { time, watchers, add } = watching();
    const [slow, quick] = [add(), add()];
    slow.isFull = true;
    for (let n = 0; n < 100; n++) watchers.send('sample', `${n}`);
    expect([slow.got.length, quick.got.length]).toEqual([1, 100]);
    slow.isFull = false;
    slow.emit('drain');
    watchers.send('sample', '100');
    expect(slow.got.at(-1)).toBe(quick.got.at(-1));
    // It has read in time.
    time.pass(60_000);
    expect([slow.destroyed, quick.destroyed, watchers.size]).toEqual([false, false, 2]);
  });

  it('are let go when they read nothing for half a minute', () => {
    const { time, watchers, add } = watching();
    const [silent, other] = [add(), add()];
    silent.isFull = true;
    watchers.send('sample', '1');
    time.pass(29_999);
    expect(silent.destroyed).toBe(false);
    time.pass(1);
    expect([silent.destroyed, other.destroyed, watchers.size]).toEqual([true, false, 1]);
  });

  it('are no more than may be', () => {
    const { watchers, add } = watching(1);
    const first = add();
    expect(add).toThrow(expect.objectContaining({ code: 'DASHBOARD_BUSY', status: 503 }) as Error);
    first.destroy();
    expect(watchers.size).toBe(0);
    add();
    watchers.end();
    expect(watchers.size).toBe(0);
  });

  it('are not kept when they have gone before they were there', () => {
    const { watchers } = watching();
    const gone = new Response();
    gone.destroy();
    watchers.add(gone as unknown as ServerResponse);
    expect(watchers.size).toBe(0);
  });
});
