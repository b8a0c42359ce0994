import { describe, expect, it, vi } from 'vitest';
import {
  MessageKind,
  MessageReceiver,
  MessageSender,
  createMessageBuffer,
} from './message-ring.js';

const maxBytes = {
  [MessageKind.answer]: 1_000,
  [MessageKind.command]: 500,
  [MessageKind.payload]: 2 ** 20,
};

function open() {
  const buffer = createMessageBuffer();
  const got: { kind: number; bytes: Buffer }[] = [];
  const broken: string[] = [];
  const receiver = new MessageReceiver(buffer, {
    maxBytes,
    receive: (kind, bytes) => got.push({ kind, bytes }),
    broken: ({ message }) => broken.push(message),
  });
  return { buffer, got, broken, receiver, sender: new MessageSender(buffer) };
}

/** Bytes that tell themselves from others. */
const numbered = (number: number, length: number): Buffer =>
  Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, (_, i) => number + i).buffer,
    0,
    length,
  );

const until = (_what: string, condition: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 60_000, interval: 1 });

describe('messages to the main thread', () => {
  it('arrive whole and in order, those larger than the ring too', async () => {
    const { got, broken, receiver, sender } = open();
    const lengths = [0, 1, 3, 500, 4, 2 ** 20, 999, 262_144, 0, 262_140, 2 ** 20, 7];
    lengths.forEach((length, number) => sender.send(MessageKind.payload, numbered(number, length)));
    await until('all have come', () => got.length === lengths.length);
    for (const [number, { kind, bytes }] of got.entries()) {
      expect(kind).toBe(MessageKind.payload);
      expect(bytes.equals(numbered(number, lengths[number]!)), `message ${number}`).toBe(true);
    }
    expect(broken).toEqual([]);
    receiver.close();
  });

  it('are read to the last when their sender is no more', () => {
    const { got, receiver, sender } = open();
    for (let number = 0; number < 100; number++)
      sender.send(MessageKind.answer, numbered(number, 40));
    receiver.drain();
    expect(got).toHaveLength(100);
    receiver.close();
    sender.send(MessageKind.answer, numbered(1, 40));
    receiver.drain();
    expect(got).toHaveLength(100);
  });

  it('leave the main thread its turns, however fast they come', async () => {
    const { buffer, got, receiver } = open();
    const sender = new MessageSender(buffer);
    let isOver = false;
    const more = (): void => {
      for (let count = 0; count < 2_000; count++) sender.send(MessageKind.command, numbered(1, 8));
      if (!isOver) queueMicrotask(() => void Promise.resolve().then(() => setImmediate(more)));
    };
    more();
    for (let turn = 0; turn < 20; turn++) {
      await new Promise<void>((resolve) => void setTimeout(resolve, 1));
    }
    isOver = true;
    expect(got.length).toBeGreaterThan(0);
    receiver.close();
  });

  const words = (buffer: SharedArrayBuffer) => new Int32Array(buffer);
  const head = (buffer: SharedArrayBuffer, value: number) => {
    words(buffer)[64] = value;
    Atomics.store(words(buffer), 0, 4);
    Atomics.notify(words(buffer), 0);
  };
  it.each([
    [
      'one that is too long',
      /1001 bytes, of 1000 at most/,
      (b: SharedArrayBuffer) => head(b, 4 * 1_001),
    ],
    ['one that is as long as can be said', /bytes, of 500/, (b: SharedArrayBuffer) => head(b, -3)],
    ['one of no known kind', /no known kind/, (b: SharedArrayBuffer) => head(b, 3)],
    [
      'more than there can be',
      /more than the ring holds/,
      (b: SharedArrayBuffer) => {
        Atomics.store(words(b), 0, 2 ** 20);
        Atomics.notify(words(b), 0);
      },
    ],
  ])('are read no further after %s', async (_, reason, write) => {
    const { buffer, got, broken, sender } = open();
    write(buffer);
    await until('it was noticed', () => broken.length > 0);
    expect(broken).toEqual([expect.stringMatching(reason)]);
    sender.send(MessageKind.answer, numbered(1, 8));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(got).toEqual([]);
    expect(broken).toHaveLength(1);
  });

  it.each(['as they come', 'when their sender is no more'])(
    'that their reader cannot read end it: %s',
    async (when) => {
      const broken: Error[] = [];
      let reads = 0;
      const buffer = createMessageBuffer();
      const receiver = new MessageReceiver(buffer, {
        maxBytes,
        receive: () => {
          reads++;
          throw new Error('no answer');
        },
        broken: (error) => broken.push(error),
      });
      const sender = new MessageSender(buffer);
      for (const number of [1, 2]) sender.send(MessageKind.answer, numbered(number, 8));
      if (when === 'when their sender is no more') receiver.drain();
      await until('it was noticed', () => broken.length === 1);
      expect(broken[0]!.message).toMatch('no answer');
      expect(reads).toBe(1);
    },
  );
});
