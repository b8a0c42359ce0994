import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import {
  CallKind,
  DataKind,
  ProcessExit,
  ReplyKind,
  encodeFrame,
  lastWordsMark,
} from '../../packages/workers/src/process/frames.js';
import { lastWordsOf } from '../../packages/workers/src/runtime/last-words.js';
import { DrivenChild, numbers, words } from './driven-child.js';
import { SourceLog } from './source-log.js';

const piped = new URL('../fixtures/piped.observer.mjs', import.meta.url);

/** A process with an observer that follows. */
async function following(options?: unknown) {
  const [child, log] = [await DrivenChild.begin(), new SourceLog()];
  await child.start(1, piped, {}, options);
  await log.load(child, 1);
  return { child, log };
}

const named = (nodeId: string) => {
  const peer = peerNumbered(1);
  return { ...peer, peerId: { ...peer.peerId, nodeId } };
};

/** The error that a process has ended with. */
const lastErrorOf = ({ stderr }: DrivenChild) =>
  lastWordsOf(stderr.slice(stderr.lastIndexOf(lastWordsMark) + lastWordsMark.length).trim());

describe('a handler that throws', () => {
  it('is reported with the transaction it was at, and nothing is handled after it', async () => {
    const { child, log } = await following();
    await log.registry.upsert(peerNumbered(2));
    await log.registry.upsert(named('throws'));
    await log.registry.upsert(peerNumbered(3));
    for (const run of log.runs()) child.send(1, DataKind.run, run);
    const { error, seq } = await child.failure(1);
    expect(error).toMatchObject({ message: 'a bug', code: 'E_BUG' });
    expect(seq).toBe(2);
    await log.registry.upsert(peerNumbered(4));
    for (const run of log.runs()) child.send(1, DataKind.run, run);
    await child.ask(1, 'probe');
    child.send(1, CallKind.end);
    await child.next(1, ReplyKind.ended);
    // Neither handled nor failed a second time.
    expect(child.replies).toEqual([]);
    expect(child.stdout).toBe('');
  });

  it('in setup fails the start, and the process goes on', async () => {
    const child = await DrivenChild.begin();
    await expect(child.start(1, piped, {}, { fails: true })).rejects.toThrow('no state for me');
    const missing = new URL('missing.observer.mjs', piped);
    await expect(child.start(2, missing)).rejects.toThrow('missing.observer.mjs');
    expect((await child.start(3, piped)).queries).toContain('seqs');
  });
});

describe('a process ends', () => {
  it.each(['throws', 'rejects'])(
    'with the error that nobody caught, when something %s',
    async (what) => {
      const { child } = await following();
      await child.query(1, 'later', what);
      expect(await child.end()).toBe(ProcessExit.error);
      const error = lastErrorOf(child);
      expect(error.message).toBe(what === 'throws' ? 'nobody caught this' : 'nobody waited');
      if (what === 'throws')
        expect(error).toMatchObject({ remoteCode: 'E_LOOSE', cause: { message: 'deep down' } });
    },
  );

  it('with the code that its code chose', async () => {
    const { child } = await following();
    await child.query(1, 'later', 'exits');
    expect(await child.end()).toBe(3);
  });

  it.each(['data', 'control'] as const)(
    'at the end of its %s pipe, though a handler waits and code of its own would go on',
    async (pipe) => {
      const { child, log } = await following();
      await child.query(1, 'later', 'blocks its exit');
      await child.query(1, 'pause', 10);
      await log.registry.upsert(named('waits'));
      for (const run of log.runs()) child.send(1, DataKind.run, run);
      await child.ask(1, 'probe');
      child.close(pipe);
      expect(await child.end()).toBe(ProcessExit.closed);
      expect(child.stderr).toBe('');
    },
  );
});

describe('frames that are none end the process, which says what was wrong:', () => {
  const header = (length: number, kind: number, zero = 0): Buffer => {
    const bytes = encodeFrame(1, kind as CallKind)[0]!;
    bytes.writeUInt32LE(length);
    bytes.writeUInt16LE(zero, 10);
    return bytes;
  };
  const run = async (log: SourceLog, number = 9): Promise<Buffer> => {
    await log.registry.upsert(peerNumbered(number));
    return log.runs()[0]!;
  };

  it.each<[string, 'data' | 'control', (log: SourceLog) => Promise<Buffer[]> | Buffer[], string]>([
    ['a kind that there is not', 'control', () => [header(0, 99)], 'kind 99'],
    ['a kind of the other pipe', 'data', () => [header(0, CallKind.end)], 'kind 22'],
    ['more than a kind has', 'data', () => [header(2 ** 20, DataKind.entries)], '1048576 bytes'],
    ['a header without its zero', 'data', () => [header(0, DataKind.run, 1)], 'without its 0'],
    ['text', 'control', () => [Buffer.from('GET / HTTP/1.1\r\n')], 'a frame'],
    ['entries of nothing', 'data', () => encodeFrame(1, DataKind.entries, words(1)), 'no snapshot'],
    [
      'a snapshot of no size',
      'data',
      () => encodeFrame(1, DataKind.snapshot, numbers(1, 1, -1, NaN)),
      '-1 entries in NaN bytes',
    ],
    ['no run', 'data', () => encodeFrame(1, DataKind.run, new Uint8Array(80)), 'byte 0'],
    [
      'a run of a record that no registry writes',
      'data',
      async (log) => {
        const bytes = await run(log);
        bytes[94]! ^= 1;
        return encodeFrame(1, DataKind.run, bytes);
      },
      'a seq that no registry writes',
    ],
    [
      'a run before which one is missing',
      'data',
      async (log) => {
        await run(log);
        return encodeFrame(1, DataKind.run, await run(log, 10));
      },
      'a run from seq 2 where 1 was due',
    ],
    ['a call cut short', 'control', () => encodeFrame(1, CallKind.query, words(1, 99)), 'were due'],
    ['a call without JSON', 'control', () => encodeFrame(1, CallKind.ask, words(1, 99)), 'JSON'],
  ])('%s', async (_, pipe, frames, message) => {
    const { child, log } = await following();
    child.raw(pipe, Buffer.concat(await frames(log)));
    expect(await child.end()).toBe(ProcessExit.protocol);
    expect(lastErrorOf(child).message).toContain(message);
  });
});
