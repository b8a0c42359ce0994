import { describe, expect, it } from 'vitest';
import { longestPieceBytes } from '../input/reading.js';
import { openTrace } from './open-trace.js';
import { brief, eventsOf, openStrictly, traceErrorOf, traceFile } from './trace-files.fixture.js';

const read = (content: string | Buffer) => openTrace(traceFile('peers.avt', content));
const readStrictly = (content: string | Buffer) => openStrictly(traceFile('peers.avt', content));

describe('an availability trace', () => {
  it('is ordered by time, leaves before joins at equal instants', async () => {
    const events = await eventsOf(read('aa\t1\t 5 10\nbb\t1\t 10 20\ncc\t2\t 0 10 12 13\n'));
    expect(events.map(brief)).toEqual([
      '0 join cc',
      '5000 join aa',
      '10000 leave aa',
      '10000 leave cc',
      '10000 join bb',
      '12000 join cc',
      '13000 leave cc',
      '20000 leave bb',
    ]);
  });

  it('lets a session start at the instant at which the last one of that peer ends', async () => {
    const events = await eventsOf(read('aa\t2\t 0 10 10 20\n'));
    expect(events.map(brief)).toEqual([
      '0 join aa',
      '10000 leave aa',
      '10000 join aa',
      '20000 leave aa',
    ]);
  });

  it('lasts from second 0 to the last end, whenever the first session starts', async () => {
    const source = await read('aa\t1\t 5 10\n');
    await eventsOf(source);
    expect(source.spanMs()).toBe(10_000);
    expect(source.fractionRead()).toBe(1);
  });

  it('makes entries whose times are virtual and whose identity is the same in each session', async () => {
    const source = await read('aa\t2\t 1 2 3 4\n');
    const joins = (await eventsOf(source)).flatMap((event) =>
      event.kind === 'join' ? [event.peer] : [],
    );
    expect(joins.map((peer) => peer.firstSeen - source.epochMs)).toEqual([1000, 3000]);
    expect(joins[0]!.peerId).toEqual(joins[1]!.peerId);
    expect(joins[0]!.peerId.did).toMatch(/^did:zhtp:[0-9a-f]{64}$/);
  });

  it('is read the same from a file with a byte order mark, Windows line ends and blank lines', async () => {
    const plain = await eventsOf(read('aa\t1\t 0 1\nbb\t0\t \ncc\t1\t 2 3\n'));
    expect(await eventsOf(read('\ufeffaa\t1\t 0 1\r\nbb\t0\t \r\n\r\ncc\t1\t 2 3\r\n'))).toEqual(
      plain,
    );
  });

  it.each([
    ['a number that is none', 'aa\t1\t 0 1\nbb\t1\t 0 x\n', 2, 'end of session 1', "'x'"],
    ['a negative number', 'aa\t1\t -1 1\n', 1, 'start of session 1', "'-1'"],
    ['a time beyond reason', 'aa\t1\t 0 99999999999\n', 1, 'end of session 1', '99999999999'],
    ['an end before its start', 'aa\t1\t 5 3\n', 1, 'end of session 1', 'later than its start (5)'],
    ['a session without length', 'aa\t1\t 5 5\n', 1, 'end of session 1', 'later than its start'],
    ['overlapping sessions', 'aa\t2\t 0 9 8 12\n', 1, 'start of session 2', 'end before it (9)'],
    ['fewer times than sessions', 'aa\t2\t 0 9\n', 1, 'sessions', '2 times for 2 sessions'],
    ['a start without its end', 'aa\t2\t 0 9 10\n', 1, 'sessions', '3 times for 2 sessions'],
    ['a count that is none', 'aa\tmany\t 0 9\n', 1, 'sessions', "'many'"],
    ['an empty id', '\t1\t 0 9\n', 1, 'id', "''"],
    ['an id of too many bytes', `${'路'.repeat(100)}\t1\t 0 9\n`, 1, 'id', '256 bytes'],
    ['an id too long', `${'a'.repeat(257)}\t1\t 0 9\n`, 1, 'id', '257 characters'],
    ['a peer in two lines', 'aa\t1\t 0 9\naa\t1\t 10 11\n', 2, 'id', 'line 1 again'],
    ['its last number cut off', 'aa\t1\t 0 9\nbb\t1\t 0 1', 2, undefined, 'seems to be cut off'],
    ['a column too few', 'aa\t1\n', 1, undefined, 'three columns'],
    ['a column too many', 'aa\t1\t 0 1\t2\n', 1, undefined, 'three columns'],
  ])('with %s is refused with line and field', async (_, content, line, field, words) => {
    const error = await traceErrorOf(readStrictly(content));
    expect(error).toMatchObject({ code: 'TRACE_INVALID', line, field });
    expect(error.message).toContain(words);
    expect(error.message).toContain('peers.avt');
    if (words.includes('cut off')) return;
    const source = await read(`zz\t1\t 0 1\n${content}`);
    expect(source.skipped!.count).toBe(1);
    expect(source.skipped!.first[0]).toMatchObject({ line: line + 1 });
    expect(source.skipped!.first[0]!.field).toBe(field);
  });

  it('that is binary is refused with its line', async () => {
    const error = await traceErrorOf(read(Buffer.from('\xff\xfe\x00\x01\n\xff\n', 'latin1')));
    expect(error).toMatchObject({ line: 1 });
    expect(error.message).toContain('binary data (none of its 2 entries can be taken)');
    expect((await traceErrorOf(read('aa\t1\t 0 1\0\n'))).message).toContain('binary');
  });

  it('with an enormous line is refused before that is read to its end', async () => {
    const long = `bb\t1\t ${'1'.repeat(4 * longestPieceBytes)}`;
    const error = await traceErrorOf(read(`aa\t1\t 0 1\n${long}`));
    expect(error).toMatchObject({ line: 2 });
    expect(error.message).toContain(`at most ${longestPieceBytes} bytes`);
  });

  it('with a line of the greatest length, in many pieces, is read', async () => {
    const times = ' 1 2'.padEnd(longestPieceBytes - 5, ' ');
    expect(await eventsOf(read(`aa\t1\t${times}\nbb\t1\t 0 5\n`))).toHaveLength(4);
  });

  it('that is empty or blank is refused', async () => {
    expect((await traceErrorOf(read(''))).message).toContain('empty file');
    expect((await traceErrorOf(read('\n\n'))).message).toContain('expected sessions, got none');
  });
});
