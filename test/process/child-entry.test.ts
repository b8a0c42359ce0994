import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import {
  CallKind,
  DataKind,
  PROCESS_PROTOCOL,
  ReplyKind,
  encodeFrame,
} from '../../packages/workers/src/process/frames.js';
import { SpaceFrame } from '../../packages/core/src/log/space-frame.js';
import { DrivenChild, words } from './driven-child.js';
import { SourceLog } from './source-log.js';

const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const measured = new URL('../fixtures/measured.observer.mjs', import.meta.url);
const piped = new URL('../fixtures/piped.observer.mjs', import.meta.url);
const ledger = new URL('../../examples/ledger.observer.mjs', import.meta.url);

const sendRuns = (child: DrivenChild, log: SourceLog, channel: number): number => {
  const runs = log.runs();
  for (const run of runs) child.send(channel, DataKind.run, run);
  return runs.length;
};

describe('an observer in a process', () => {
  it('says hello first, and is given every peer, in pieces, and every change after that', async () => {
    const [child, log] = [await DrivenChild.begin(), new SourceLog()];
    expect(child.hello).toEqual({ protocol: PROCESS_PROTOCOL, encoding: 'v8' });
    for (let number = 0; number < 200; number++) await log.registry.upsert(peerNumbered(number));
    const { queries, hasDigest, hasProposal } = await child.start(7, recorder);
    expect([queries.includes('seen'), hasDigest, hasProposal]).toEqual([true, true, false]);
    const loaded = await log.load(child, 7, 4_096);
    expect([loaded[0], loaded[1]! > 0, loaded[2]! > 2 ** 20]).toEqual([200, true, true]);
    for (let number = 100; number < 1_200; number++) {
      await log.registry.upsert({ ...peerNumbered(number), hopCount: number });
    }
    await log.registry.remove('peer-3');
    const runs = sendRuns(child, log, 7);
    expect(runs).toBeGreaterThan(2);
    const seqs: number[] = [];
    for (let run = 0; run < runs; run++) seqs.push((await child.handled(7))[0]!);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(seqs.at(-1)).toBe(log.registry.changeLog.writer.lastSeq);
    const seen = (await child.query(7, 'seen')) as { seq: number }[];
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, at) => 200 + at));

    // One that starts afresh holds the same.
    await child.start(8, recorder);
    await log.load(child, 8);
    expect(await child.ask(7, 'digest')).toBe(await child.ask(8, 'digest'));
  });

  it('is given an empty snapshot, too, and another when it could not keep up', async () => {
    const [child, log] = [await DrivenChild.begin(), new SourceLog()];
    await child.start(1, recorder);
    expect((await log.load(child, 1))[0]).toBe(0);
    for (let number = 0; number < 9; number++) await log.registry.upsert(peerNumbered(number));
    expect((await log.load(child, 1))[0]).toBe(9);
    await log.registry.remove('peer-1');
    sendRuns(child, log, 1);
    await child.handled(1);
    expect(await child.query(1, 'size')).toBe(8);
  });

  it('handles of a run that was kept what it has not, in parts', async () => {
    const [child, log] = [await DrivenChild.begin(), new SourceLog()];
    await child.start(1, piped);
    await log.registry.upsert(peerNumbered(0));
    const [first] = log.runs();
    for (let number = 1; number < 5; number++) await log.registry.upsert(peerNumbered(number));
    const [second] = log.runs();
    for (const run of [first!, first!, second!, second!]) await child.handle(1, DataKind.run, run);
    expect(await child.query(1, 'seqs')).toEqual([1, 2, 3, 4, 5]);
  });

  it('reads frames that come in pieces of any length', async () => {
    const [child, log] = [await DrivenChild.begin(), new SourceLog()];
    await child.start(1, recorder);
    await log.load(child, 1);
    for (let number = 0; number < 3; number++) await log.registry.upsert(peerNumbered(number));
    for (const run of log.runs()) {
      const bytes = Buffer.concat([
        ...encodeFrame(1, DataKind.run, run),
        ...encodeFrame(5, DataKind.run, run),
      ]);
      for (let at = 0; at < bytes.length; at += 7) {
        child.raw('data', bytes.subarray(at, at + 7));
        if (at % 5 === 0) await new Promise(setImmediate);
      }
    }
    await child.handled(1);
    expect(await child.query(1, 'size')).toBe(3);
  });

  it('answers for its own figures, and says how much memory there is in use', async () => {
    const [child, log] = [await DrivenChild.begin(), new SourceLog()];
    const { metrics } = await child.start(1, measured);
    const at = metrics.findIndex(({ id }) => id === 'peers');
    for (let number = 0; number < 5; number++) await log.registry.upsert(peerNumbered(number));
    await log.load(child, 1);
    const { seq, values } = (await child.ask(1, 'metrics')) as { seq: number; values: unknown[] };
    expect([seq, values[at]]).toEqual([5, 5]);
    const memory = (await child.ask(1, 'probe')) as Record<string, number>;
    expect(memory['heapBytes']).toBeGreaterThan(2 ** 20);
    expect(memory['externalBytes']).toBeGreaterThan(0);
    await expect(child.query(1, 'nothing')).rejects.toThrow("there is no query 'nothing'");
  });

  it('sends commands, and gets their outcomes', async () => {
    const child = await DrivenChild.begin();
    await child.start(1, piped);
    const outcome = child.query(1, 'command', 'updateTrust', 'peer-1', 0.5);
    const { payload } = await child.next(1, ReplyKind.command);
    const sent: unknown = JSON.parse(payload.subarray(4).toString());
    expect(sent).toEqual({ method: 'updateTrust', args: ['peer-1', 0.5] });
    const tell = (id: number, message: unknown): void =>
      child.send(1, CallKind.outcome, words(id), Buffer.from(JSON.stringify(message)));
    tell(payload.readUInt32LE(), { result: { change: 'updated', seq: 3 } });
    expect(await outcome).toEqual({ change: 'updated', seq: 3 });

    const refusal = child.query(1, 'refused', 'peer-2');
    const second = await child.next(1, ReplyKind.command);
    tell(second.payload.readUInt32LE(), { error: { message: 'no such peer', code: 'NO_PEER' } });
    expect(await refusal).toEqual([
      'OBSERVER_COMMAND_FAILED',
      'NO_PEER',
      "'remove' was refused: no such peer",
    ]);
  });

  it('stores what it has made of the log, and goes on from there', async () => {
    const [child, log] = [await DrivenChild.begin(), new SourceLog()];
    const space = { room: 2 ** 20, stateBytes: 0 };
    await child.start(1, ledger, { space });
    for (let number = 0; number < 4; number++) await log.registry.upsert(peerNumbered(number));
    await log.load(child, 1);
    const frame = async (channel: number): Promise<SpaceFrame> =>
      new SpaceFrame((await child.next(channel, ReplyKind.frame)).payload, 10);
    const state = await frame(1);
    expect([state.cursor, String([...state.changes()][0]!.value)]).toEqual([4, '4']);
    // While the first is not on disk, no other comes; the last comes before the answer to `stop`.
    await log.registry.upsert(peerNumbered(4));
    const [run] = log.runs();
    await child.handle(1, DataKind.run, run!);
    await log.registry.upsert(peerNumbered(5));
    await child.handle(1, DataKind.run, log.runs()[0]!);
    expect(child.replies).toEqual([]);
    child.send(1, CallKind.written, words(1, 0));
    const last = await frame(1);
    expect([last.cursor, String([...last.changes()][0]!.value)]).toEqual([6, '6']);
    await log.registry.upsert(peerNumbered(6));
    await child.handle(1, DataKind.run, log.runs()[0]!);
    await child.ask(1, 'stop');
    await child.next(1, ReplyKind.ended);
    const end = await frame(1);
    expect([end.cursor, end.isLast]).toEqual([7, true]);

    for (let at = 0; at < last.bytes.length; at += 10) {
      child.send(2, CallKind.state, last.bytes.subarray(at, at + 10));
    }
    await child.start(2, ledger, { space: { ...space, stateBytes: last.bytes.length } });
    await child.handle(2, DataKind.run, run!);
    expect(await child.query(2, 'joined')).toBe(6);
  });
});
