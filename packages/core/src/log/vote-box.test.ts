import { describe, expect, it } from 'vitest';
import { LINE_BYTES } from './log-layout.js';
import { createLogMemory } from './log-memory.js';
import { ReaderProgress } from './progress.js';
import { type FoundVote, Verdict, VoteBox, VoteCaster, boxSlots } from './vote-box.js';

function open() {
  const log = createLogMemory({ logBytes: 4096, readers: 1 });
  const box = new VoteBox();
  const caster = new VoteCaster(box.buffer, log.words);
  const take = (): FoundVote[] => {
    const found: FoundVote[] = [];
    box.take((vote) => found.push(vote));
    return found;
  };
  return { box, caster, take, progress: new ReaderProgress(log) };
}

describe('a vote box', () => {
  it('shows votes in order, with what was said, and only once published', () => {
    const { caster, take } = open();
    caster.cast(7, Verdict.accept);
    caster.cast(8, Verdict.veto, 'zu viele Häuser', { limit: 3, names: ['α'] });
    caster.cast(9, Verdict.failed, '');
    expect(take()).toEqual([]);
    caster.publish();
    expect(take()).toEqual([
      { number: 7, verdict: Verdict.accept, reason: '', details: undefined },
      {
        number: 8,
        verdict: Verdict.veto,
        reason: 'zu viele Häuser',
        details: { limit: 3, names: ['α'] },
      },
      { number: 9, verdict: Verdict.failed, reason: '', details: undefined },
    ]);
    expect(take()).toEqual([]);
  });

  it('holds as many as it has slots, round after round, and says how many more it lost', () => {
    const { box, caster, take } = open();
    for (let round = 0; round < 3; round++) {
      for (let vote = 0; vote < boxSlots; vote++) caster.cast(vote, Verdict.veto, `no ${vote}`);
      caster.publish();
      expect(take().map(({ reason }) => reason)).toEqual(
        Array.from({ length: boxSlots }, (_, vote) => `no ${vote}`),
      );
    }
    for (let vote = 0; vote <= boxSlots; vote++) caster.cast(vote, Verdict.accept);
    caster.publish();
    expect(box.take(() => expect.unreachable())).toBe(boxSlots + 1);
    caster.cast(1, Verdict.accept);
    caster.publish();
    expect(take()).toHaveLength(1);
  });

  it('cuts a reason that is too long, and leaves out details that are or that are no JSON', () => {
    const { caster, take } = open();
    caster.cast(1, Verdict.veto, '€'.repeat(10_000), 'x'.repeat(5_000));
    const circle: { self?: unknown } = {};
    circle.self = circle;
    caster.cast(2, Verdict.veto, 'no', circle);
    caster.cast(3, Verdict.veto, 'no', () => 1);
    caster.cast(4, Verdict.veto, 'no', 10n);
    caster.publish();
    const [long, round, code, big] = take();
    expect(long!.reason).toBe('€'.repeat(256));
    expect(long!.details).toBe('left out: more than 1272 bytes of JSON');
    expect(round!.details).toMatch(/^left out: more than 1272 bytes/);
    expect(code!.details).toBeUndefined();
    expect(big!.details).toMatch(/^left out: JSON has no word for a bigint/);
  });

  it('believes no length and no text that it finds', () => {
    const { box, caster, take } = open();
    caster.cast(1, Verdict.veto, 'no', { a: 1 });
    caster.cast(2, Verdict.veto, 'no', { a: 1 });
    caster.publish();
    const u8 = Buffer.from(box.buffer as unknown as ArrayBuffer);
    const texts = LINE_BYTES + 8 * boxSlots;
    u8.writeUInt32LE(0xffff_ffff, texts);
    u8.writeUInt32LE(0xffff_ffff, texts + 4);
    u8.writeUInt32LE(1, texts + 2048);
    const [lengths, text] = take();
    expect(lengths!.reason.length).toBeLessThanOrEqual(3 * 256);
    expect(lengths!.details).toBeUndefined();
    expect(text).toMatchObject({ reason: 'n', details: undefined });
  });

  it('wakes the registry that waits for votes', async () => {
    const { caster, progress } = open();
    const moved = progress.moved();
    caster.cast(1, Verdict.accept);
    caster.publish();
    await moved;
  });
});
