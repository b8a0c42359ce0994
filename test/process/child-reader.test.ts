import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settleTurns } from '../../packages/core/src/registry/manual-clock.fixture.js';
import { ReplyKind, encodeFrame } from '../../packages/workers/src/process/frames.js';
import { ChildReader } from '../../packages/workers/src/process/relay/child-reader.js';

const stallMs = 1_000;
const bytes = Buffer.concat(encodeFrame(1, ReplyKind.votes, Buffer.from('[[1,1]]')));

let clock: ManualClock;
let said: string[];
let received: string[];
let reader: ChildReader;
beforeEach(() => {
  clock = new ManualClock();
  said = [];
  received = [];
  const deps = {
    stallMs,
    broken: (message: string) => said.push(message),
    maxBytes: () => 100,
    receive: (_kind: number, _channel: number, payload: Buffer) =>
      void received.push(payload.toString()),
  };
  reader = new ChildReader(deps, clock);
});

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await settleTurns();
}

describe('a frame that a process has begun', () => {
  it.each([1, 12, bytes.length - 1])(
    'and goes on with for no longer breaks the protocol (%d bytes)',
    async (count) => {
      reader.read(bytes.subarray(0, count));
      await pass(stallMs - 1);
      expect(said).toEqual([]);
      await pass(1);
      expect(said).toEqual([
        `its process sent what none may: ${count} bytes of a frame, and no more for 1000 ms (hangTimeoutMs)`,
      ]);
      reader.read(bytes.subarray(count));
      expect(received).toEqual([]);
      await pass(10 * stallMs);
      expect(said).toHaveLength(1);
    },
  );

  it('may take as long as it likes, as long as something comes', async () => {
    for (const byte of bytes) {
      reader.read(Uint8Array.of(byte));
      await pass(stallMs - 1);
    }
    await pass(10 * stallMs);
    expect([said, received]).toEqual([[], ['[[1,1]]']]);
  });

  it('is waited for as long after many that came whole', async () => {
    for (let round = 0; round < 5; round++) {
      reader.read(Buffer.concat([bytes, bytes.subarray(0, 3)]));
      await pass(stallMs - 1);
      reader.read(bytes.subarray(3));
      await pass(1);
    }
    expect([said, received.length]).toEqual([[], 10]);
    reader.read(bytes.subarray(0, 3));
    await pass(2 * stallMs);
    expect(said).toHaveLength(1);
  });

  it('is not given up before what came while this thread slept is read', async () => {
    reader.read(bytes.subarray(0, 3));
    clock.leap(5 * stallMs);
    reader.read(bytes.subarray(3));
    await settleTurns();
    expect([said, received.length]).toEqual([[], 1]);
  });

  it('is of no matter any more when the process was given up', async () => {
    reader.read(bytes.subarray(0, 3));
    reader.close();
    await pass(5 * stallMs);
    expect(said).toEqual([]);
  });
});
