import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunAssembler } from './run-assembler.js';
import type { PlacedMessage } from './run-stream.js';
import { epochMessage, id, messagesOf, runOf, saying } from './stream-runs.fixture.js';

const assembled = (
  messages: readonly PlacedMessage[],
  from?: ConstructorParameters<typeof RunAssembler>[0],
) => {
  const assembler = new RunAssembler(from);
  const runs = messages.flatMap((message) => assembler.take(message) ?? []);
  return { assembler, seqs: runs.map(({ head }) => [head.firstSeq, head.lastSeq]), runs };
};

describe('the runs of a stream', () => {
  it('are put together of their parts, in their order, across epochs', () => {
    const { assembler, seqs, runs } = assembled([
      epochMessage(1, 1, 0),
      ...messagesOf(2, 1, 3),
      ...messagesOf(3, 4, 4, { parts: 3 }),
      epochMessage(6, 2, 4),
      ...messagesOf(7, 5, 6, { epoch: 2 }),
    ]);
    expect(seqs).toEqual([
      [1, 3],
      [4, 4],
      [5, 6],
    ]);
    expect(Buffer.from(runs[1]!.bytes).equals(runOf(4, 4))).toBe(true);
    expect(assembler).toMatchObject({ place: 7, epoch: 2, lastSeq: 6, id, isBetween: true });
  });

  it('do not hold what a writer had begun when another took over', () => {
    const [first, second] = messagesOf(2, 1, 1, { parts: 3 });
    const { assembler, seqs } = assembled([
      epochMessage(1, 1, 0),
      first!,
      second!,
      epochMessage(4, 2, 0),
      ...messagesOf(5, 1, 2, { epoch: 2 }),
    ]);
    expect(seqs).toEqual([[1, 2]]);
    expect(assembler.place).toBe(5);
  });

  it.each<[string, PlacedMessage[]]>([
    ['of another registry', [saying(messagesOf(2, 1, 1)[0]!, { id: 'another' })]],
    ['of an epoch that did not begin', messagesOf(2, 1, 1, { epoch: 2 })],
    ['that leaves out transactions', messagesOf(2, 2, 3)],
    ['that has a transaction again', [...messagesOf(2, 1, 2), ...messagesOf(3, 2, 3)]],
    ['whose first part is missing', messagesOf(2, 1, 1, { parts: 2 }).slice(1)],
    ['whose middle is missing', messagesOf(2, 1, 1, { parts: 3 }).toSpliced(1, 1)],
    [
      'whose parts do not agree',
      messagesOf(2, 1, 1, { parts: 2 }).map((one, index) => saying(one, { parts: 2 + index })),
    ],
    ['that is cut', messagesOf(2, 1, 1).map((one) => ({ ...one, data: one.data.subarray(8) }))],
    ['that has other transactions than it says', [saying(messagesOf(2, 1, 3)[0]!, { lastSeq: 2 })]],
    ['that is empty', [{ ...messagesOf(2, 1, 1)[0]!, data: new Uint8Array(0) }]],
    ['where an epoch begins again', [epochMessage(2, 1, 0)]],
    ['where an epoch goes on from elsewhere', [epochMessage(2, 2, 5)]],
  ])('are refused with the place when one is there %s', (_, messages) => {
    expect(() => assembled([epochMessage(1, 1, 0), ...messages])).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^STORE_CORRUPT$/) as string,
      }),
    );
  });

  it('are refused when one is larger than any registry writes, before all of it is held', () => {
    const assembler = new RunAssembler();
    assembler.take(epochMessage(1, 1, 0));
    // The same memory again and again: what is counted is what a server would have sent.
    const data = new Uint8Array(2 ** 20);
    const endless = (part: number): PlacedMessage =>
      saying({ ...messagesOf(1 + part, 1, 1)[0]!, data }, { part, parts: Number.MAX_SAFE_INTEGER });
    let part = 0;
    const takeAll = (): void => {
      for (;;) assembler.take(endless(++part));
    };
    expect(takeAll).toThrow(/message \d+ of the stream: expected a run of \d+ bytes at most/);
    expect(part).toBeLessThan(1_024);
  });

  it('are those that were written, or refused, whatever was changed, left out, doubled or swapped', () => {
    const whole = [
      epochMessage(1, 1, 0),
      ...messagesOf(2, 1, 2),
      ...messagesOf(3, 3, 3, { parts: 3 }),
      epochMessage(6, 2, 3),
      ...messagesOf(7, 4, 6, { epoch: 2 }),
    ];
    const right = assembled(whole).runs.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    const at = fc.nat(whole.length - 1);
    const change = fc.oneof(
      fc.record({ drop: at }),
      fc.record({ double: at }),
      fc.record({ swap: fc.tuple(at, at) }),
      fc.record({ flip: fc.tuple(at, fc.nat(), fc.nat(7)) }),
      fc.record({
        say: fc.tuple(
          at,
          fc.constantFrom('epoch', 'firstSeq', 'lastSeq', 'part', 'parts'),
          fc.nat(9),
        ),
      }),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let messages = [...whole];
        for (const one of changes) messages = changed(messages, one);
        const assembler = new RunAssembler();
        const seen: string[] = [];
        try {
          for (const message of messages) {
            const run = assembler.take(message);
            if (run !== undefined) seen.push(Buffer.from(run.bytes).toString('hex'));
          }
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^STORE_CORRUPT$/);
        }
        // Nothing but a beginning of what was written.
        expect(seen).toEqual(right.slice(0, seen.length));
      }),
      { numRuns: 500 },
    );
  });
});

type Change =
  | { drop: number }
  | { double: number }
  | { swap: [number, number] }
  | { flip: [number, number, number] }
  | { say: [number, string, number] };

function changed(messages: PlacedMessage[], change: Change): PlacedMessage[] {
  if ('drop' in change) return messages.toSpliced(change.drop, 1);
  if ('double' in change)
    return messages.flatMap((one, index) => (index === change.double ? [one, one] : [one]));
  const [first] = 'swap' in change ? change.swap : 'flip' in change ? change.flip : change.say;
  const one = messages[first];
  if (one === undefined) return messages;
  if ('swap' in change) {
    const other = messages[change.swap[1]];
    return other === undefined ? messages : messages.with(first, other).with(change.swap[1], one);
  }
  if ('say' in change) {
    return messages.with(first, saying(one, { [change.say[1]]: change.say[2] }));
  }
  const data = Buffer.from(one.data);
  if (data.length > 0) data[change.flip[1] % data.length]! ^= 1 << change.flip[2];
  return messages.with(first, { ...one, data });
}
