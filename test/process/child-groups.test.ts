import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import { CallKind, DataKind, ReplyKind } from '../../packages/workers/src/process/frames.js';
import { until } from '../fixtures/until.js';
import { DrivenChild } from './driven-child.js';
import { SourceLog } from './source-log.js';

const piped = new URL('../fixtures/piped.observer.mjs', import.meta.url);
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);

const waiting = () => {
  const peer = peerNumbered(1);
  return { ...peer, peerId: { ...peer.peerId, nodeId: 'waits' } };
};

describe('observers that share a process', () => {
  it('do not wait for one another, and one ends without the others', async () => {
    const [child, log] = [await DrivenChild.begin(), new SourceLog()];
    await Promise.all([child.start(1, piped), child.start(2, recorder)]);
    await Promise.all([log.load(child, 1), log.load(child, 2)]);
    await log.registry.upsert(waiting());
    for (const run of log.runs()) {
      child.send(1, DataKind.run, run);
      await child.handle(2, DataKind.run, run);
    }
    await log.registry.upsert(peerNumbered(2));
    for (const run of log.runs()) {
      child.send(1, DataKind.run, run);
      await child.handle(2, DataKind.run, run);
    }
    expect(await child.query(2, 'size')).toBe(2);
    // Its handler waits for ever: it does not end by itself.
    child.send(1, CallKind.end);
    await child.ask(2, 'stop');
    await child.next(2, ReplyKind.ended);
    expect(child.replies).toEqual([]);
    expect(child.process.exitCode).toBe(null);
  });

  it('are told to end as often as one likes, also those that are no more, or never were', async () => {
    const child = await DrivenChild.begin();
    await child.start(4, piped);
    for (const channel of [4, 4, 9]) {
      child.send(channel, CallKind.end);
      await child.next(channel, ReplyKind.ended);
    }
    child.send(4, DataKind.run, new Uint8Array(8));
    child.send(4, CallKind.outcome, new Uint8Array(8));
    expect((await child.start(5, recorder)).queries).toContain('size');
  });

  it('end while they are loaded, and are not set up then', async () => {
    const child = await DrivenChild.begin();
    const started = child.start(1, piped);
    child.send(1, CallKind.end);
    await child.next(1, ReplyKind.ended);
    void started.catch(() => undefined);
    await child.start(2, recorder);
    expect(child.replies).toEqual([]);
  });
});

describe('code in an observer’s process', () => {
  it('sends the registry’s process no signals, and starts no threads unless it may', async () => {
    const child = await DrivenChild.begin();
    await child.start(1, piped, { ownThreads: true });
    expect(await child.query(1, 'parent')).toBe(process.pid);
    // One that does no harm, should it arrive.
    for (const pid of [process.pid, -process.pid, -1]) {
      const sent = child.query(1, 'kill', pid, 'SIGURG');
      await expect(sent).rejects.toThrow('processes that are not its own');
    }
    expect(await child.query(1, 'kill', process.pid, 0)).toBe(true);
    expect(await child.query(1, 'thread')).toBeGreaterThan(0);
    await child.start(2, piped);
    await expect(child.query(2, 'thread')).rejects.toThrow('ownThreads: true');
  });

  it('prints to its own streams', async () => {
    const child = await DrivenChild.begin();
    await child.start(1, piped);
    await child.query(1, 'print', 'hello');
    await child.ask(1, 'stop');
    await until('it was printed', () => child.stdout === 'hello\ntorn down after 0\n');
  });

  it('gets the options that were sent, whatever can be copied', async () => {
    const child = await DrivenChild.begin();
    const options = { list: [1, undefined, 3n], map: new Map([['a', new Date(7)]]) };
    await child.start(1, piped, {}, options);
    expect(await child.query(1, 'options')).toEqual(options);
    await child.start(2, piped);
    expect(await child.query(2, 'options')).toBe(undefined);
  });
});
