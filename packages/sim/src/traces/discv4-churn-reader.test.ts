import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeRecord } from './enr.fixture.js';
import { openTrace } from './open-trace.js';
import { brief, eventsOf, openStrictly, traceErrorOf, traceFile } from './trace-files.fixture.js';

const a = makeRecord('a');
const b = makeRecord('b');
const other = makeRecord('other');
const aMoved = makeRecord('a', { seq: 2, udp: 40000 });

const t = (minute: number): string => `2024-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
const add = (minute: number, { record, id, seq }: Partial<typeof a>, score = 1): object => ({
  t: t(minute),
  op: 'add',
  id,
  seq,
  record,
  score,
  firstResponse: t(0),
  lastResponse: t(minute),
});
const upd = (minute: number, { record, id, seq }: Partial<typeof a>, score = 2): object => ({
  t: t(minute),
  op: 'upd',
  id,
  seq,
  record,
  score,
  lastResponse: t(minute),
});
const del = (minute: number, { id }: { id: string }): object => ({ t: t(minute), op: 'del', id });
const lines = (...events: object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
const read = (content: string | Buffer) => openTrace(traceFile('churn.jsonl', content));
const readStrictly = (content: string | Buffer) => openStrictly(traceFile('churn.jsonl', content));

describe('discv4 churn', () => {
  const whole = lines(
    add(1, a),
    add(1, b),
    upd(2, aMoved),
    del(3, a),
    add(5, { id: a.id, seq: 2 }, 9),
    del(6, b),
  );

  it('becomes joins, updates and leaves, from the first line to the last', async () => {
    const source = await read(whole);
    expect((await eventsOf(source)).map(brief)).toEqual([
      `0 join ${a.id}`,
      `0 join ${b.id}`,
      `60000 update ${a.id}`,
      `120000 leave ${a.id}`,
      `240000 join ${a.id}`,
      `300000 leave ${b.id}`,
    ]);
    expect(source.epochMs).toBe(Date.parse(t(1)));
    expect(source.spanMs()).toBe(300_000);
    expect(source.fractionRead()).toBe(1);
  });

  it('gives a peer that comes back without a record its last one', async () => {
    const back = (await eventsOf(read(whole)))[4]!;
    expect(back.kind === 'join' && back.peer.endpoints[0]!.address).toBe('10.0.0.1:40000');
    expect(back.kind === 'join' && back.peer.peerId.publicKey).toBe(a.publicKey);
  });

  it('keeps in an update when the peer was first seen and connected', async () => {
    const update = (await eventsOf(read(whole)))[2]!;
    expect(update.kind === 'update' && update.peer).toMatchObject({
      firstSeen: Date.parse(t(0)),
      lastSeen: Date.parse(t(2)),
      connectionMetrics: { connectedAt: Date.parse(t(1)) },
      dhtInfo: { lastContact: Date.parse(t(2)) },
      reliabilityScore: 0.75,
    });
  });

  it('is read the same when packed', async () => {
    expect(await eventsOf(read(gzipSync(whole)))).toEqual(await eventsOf(read(whole)));
  });

  it.each([
    ['cut off', `${lines(add(1, a))}{"t":"2024`, 2, undefined, 'cut off'],
    ['that is no JSON', `{"t":,}\n`, 1, undefined, 'expected JSON'],
    ['of the year 1', lines({ ...add(1, a), t: '0001-01-01T00:00:00Z' }), 1, 't', 'after 1970'],
    ['of another shape', '[1]\n', 1, undefined, 'a list of 1'],
    ['of an unknown op', lines({ ...add(1, a), op: 'mov' }), 1, 'op', "'mov'"],
    ['with a time that is none', lines({ ...add(1, a), t: 'noon' }), 1, 't', "'noon'"],
    ['with a score that is text', lines({ ...add(1, a), score: '1' }), 1, 'score', "'1'"],
    ['with an id that is none', lines({ ...add(1, a), id: 'xyz' }), 1, 'id', "'xyz'"],
    ['without a record', lines(add(1, { id: a.id, seq: 1 })), 1, 'record', 'not seen before'],
    ['with a damaged record', lines(add(1, { ...a, record: 'enr:x' })), 1, 'record', "'enr:x'"],
    ["with another node's record", lines(add(1, { ...a, id: b.id })), 1, 'record', a.id],
    ['with another seq', lines(add(1, { ...a, seq: 5 })), 1, 'seq', 'expected 1'],
    ['going back in time', lines(add(2, a), add(1, b)), 2, 't', '2024-01-01T00:01'],
    ['adding twice', lines(add(1, a), add(2, a)), 2, 'op', 'upd or del, since the peer is there'],
    ['updating the unknown', lines(upd(1, a)), 1, 'op', 'add, since the peer is not there'],
    ['deleting twice', lines(add(1, a), del(2, a), del(3, a)), 3, 'op', "got 'del'"],
  ])('%s is refused with line and field', async (_, content, line, field, words) => {
    const error = await traceErrorOf(readStrictly(content));
    expect(error).toMatchObject({ code: 'TRACE_INVALID', line, field });
    expect(error.message).toContain(words);
    if (words.includes('cut off')) return;
    const source = await read(lines(add(0, other)) + content);
    expect((await eventsOf(source)).map(brief)).toContain(`0 join ${other.id}`);
    expect(source.skipped!.count).toBe(1);
    expect(source.skipped!.first[0]).toMatchObject({ line: line + 1 });
    expect(source.skipped!.first[0]!.field).toBe(field);
  });

  it('is read from where it was written without what is 0, on Windows, with a byte order mark', async () => {
    const unscored = { ...add(1, a), score: undefined };
    const text = `\ufeff${lines(unscored, del(2, a))}`.replaceAll('\n', '\r\n');
    const events = await eventsOf(readStrictly(text));
    expect(events).toMatchObject([{ peer: { tier: 'untrusted' } }, { kind: 'leave' }]);
  });

  it('with one line of another time is read without that, and not without all after it', async () => {
    const odd = { ...add(1, b), t: '2031-01-01T00:00:00Z' };
    for (const text of [
      lines(odd, add(1, a), upd(2, aMoved), del(3, a)),
      lines(add(1, a), odd, upd(2, aMoved), del(3, a)),
      lines(add(1, a), upd(2, aMoved), del(3, a), { ...odd, t: t(0) }),
    ]) {
      const source = await read(text);
      expect((await eventsOf(source)).map(brief)).toEqual([
        `0 join ${a.id}`,
        `60000 update ${a.id}`,
        `120000 leave ${a.id}`,
      ]);
      expect(source.skipped).toMatchObject({ count: 1, first: [{ field: 't' }] });
    }
  });

  it('of nodes that were odd is counted, and names the first ten', async () => {
    const odd = Array.from({ length: 12 }, (_, at) => ({ ...add(1, a), id: `odd ${at}` }));
    const source = await read(lines(add(1, b), ...odd));
    expect(await eventsOf(source)).toHaveLength(1);
    expect(source.skipped!.count).toBe(12);
    expect(source.skipped!.first.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(source.skipped!.first[0]!.reason).toContain("got 'odd 0'");
  });
});
