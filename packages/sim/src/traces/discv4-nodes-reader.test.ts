import { ECDH } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generatedEpochMs } from '../time/generated-epoch.js';
import { makeRecord } from './enr.fixture.js';
import { openTrace } from './open-trace.js';
import { brief, eventsOf, openStrictly, traceErrorOf, traceFile } from './trace-files.fixture.js';

const a = makeRecord('a');
const b = makeRecord('b', { seq: 3 });
const c = makeRecord('c');
const day = (n: number): string => `2024-01-0${n}T00:00:00Z`;
const node = ({ record, seq }: { record: string; seq: number }): object => ({
  seq,
  record,
  score: 3,
  firstResponse: day(1),
  lastResponse: day(2),
  lastCheck: day(3),
});

const textOf = (content: object | string): string =>
  typeof content === 'string' ? content : JSON.stringify(content, null, 1);
const read = (content: object | string) => openTrace(traceFile('n.json', textOf(content)));
const readStrictly = (content: object | string) =>
  openStrictly(traceFile('n.json', textOf(content)));

describe('a discv4 crawl', () => {
  it('is a join at instant 0 for each node, named as its record says', async () => {
    const source = await read({ [a.id]: node(a), [b.id]: node(b) });
    const events = await eventsOf(source);
    expect(events.map(brief)).toEqual([`0 join ${a.id}`, `0 join ${b.id}`]);
    expect(source).toMatchObject({ kind: 'discv4 crawl', epochMs: Date.parse(day(3)) });
    expect(source.spanMs()).toBe(0);
    expect(events[0]).toMatchObject({
      peer: {
        peerId: { nodeId: a.id, publicKey: a.publicKey, did: `did:zhtp:${a.id}` },
        firstSeen: Date.parse(day(1)),
        lastSeen: Date.parse(day(2)),
        reliabilityScore: 0.8,
      },
    });
  });

  it.each([
    ['of another node', { [a.id]: node(b) }, 2, `${a.id}.record`, b.id],
    ['of another seq', { [a.id]: node({ ...a, seq: 9 }) }, 2, `${a.id}.seq`, 'expected 1'],
    ['without a time', { [a.id]: { ...node(a), lastCheck: 5 } }, 2, `${a.id}.lastCheck`, 'got 5'],
    ['under a key that is no id', { zz: node(a) }, 2, 'zz', "'zz'"],
    ['that is no object', { [a.id]: 5 }, 2, a.id, 'got 5'],
  ])(
    'with a node %s is refused with its key, field and line',
    async (_, content, line, field, words) => {
      const error = await traceErrorOf(readStrictly(content));
      expect(error).toMatchObject({ line, field });
      expect(error.message).toContain(words);
      const source = await read({ [c.id]: node(c), ...content });
      expect((await eventsOf(source)).map(brief)).toEqual([`0 join ${c.id}`]);
      expect(source.skipped).toMatchObject({ count: 1, first: [{ field }] });
    },
  );

  it('cut off, empty, or with a node twice is refused', async () => {
    const text = JSON.stringify({ [a.id]: node(a), [b.id]: node(b) });
    expect((await traceErrorOf(read(text.slice(0, -20)))).message).toContain('end of the file');
    expect((await traceErrorOf(read('{}'))).message).toContain('expected nodes of a discv4 crawl');
    const twice = `${text.slice(0, -1)},"${a.id}":${JSON.stringify(node(a))}}`;
    expect((await traceErrorOf(readStrictly(twice))).message).toContain('each once');
    expect((await eventsOf(read(twice))).map(brief)).toEqual([`0 join ${a.id}`, `0 join ${b.id}`]);
  });

  it('of which nothing can be taken is refused, with what was wrong first', async () => {
    const error = await traceErrorOf(read({ zz: node(a), yy: node(b) }));
    expect(error).toMatchObject({ line: 2, field: 'zz' });
    expect(error.message).toContain('(none of its 2 entries can be taken)');
  });

  it('may leave out what is 0, and say of a node that it never answered', async () => {
    const never = { ...node(a), firstResponse: '0001-01-01T00:00:00Z', lastResponse: undefined };
    const events = await eventsOf(readStrictly({ [a.id]: { ...never, score: undefined } }));
    expect(events).toMatchObject([
      { peer: { firstSeen: 0, lastSeen: 0, authenticated: false, tier: 'untrusted' } },
    ]);
  });

  it('is played when the first of its nodes that was checked was, or at a time that is made up', async () => {
    const unchecked = { ...node(a), lastCheck: '0001-01-01T00:00:00Z' };
    const source = await readStrictly({ [a.id]: unchecked, [b.id]: node(b) });
    expect(source.epochMs).toBe(Date.parse(day(3)));
    expect(await eventsOf(source)).toHaveLength(2);
    const made = await readStrictly({ [a.id]: { ...unchecked, lastCheck: undefined } });
    expect(made.epochMs).toBe(generatedEpochMs);
    expect(await eventsOf(made)).toHaveLength(1);
  });

  it('may know a node by its enode URL only', async () => {
    const [compressed, id] = [a.publicKey, a.id];
    const key = ECDH.convertKey(compressed, 'secp256k1', 'hex', 'hex', 'uncompressed').slice(2);
    const url = `enode://${key as string}@[::1]:30303?discport=40`;
    const events = await eventsOf(readStrictly({ [id]: { ...node(a), record: url, seq: 0 } }));
    const endpoints = [{ address: '[::1]:40' }, { address: '[::1]:30303' }];
    expect(events).toMatchObject([{ peer: { peerId: { publicKey: compressed }, endpoints } }]);
    const bad = { ...node(b), record: url.replace(/[0-9a-f]{4}@/, '0000@') };
    expect((await traceErrorOf(readStrictly({ [b.id]: bad }))).field).toBe(`${b.id}.record`);
  });

  it('is read with a byte order mark and Windows line ends', async () => {
    const text = `\ufeff${textOf({ [a.id]: node(a) })}`.replaceAll('\n', '\r\n');
    expect(await eventsOf(readStrictly(text))).toHaveLength(1);
  });

  it('with bytes that are no text in a node is read without that', async () => {
    const text = textOf({ [a.id]: node(a), [b.id]: { ...node(b), note: 'HERE' } });
    const bytes = Buffer.from(text);
    bytes.fill(0xff, bytes.indexOf('HERE'), bytes.indexOf('HERE') + 4);
    const source = await openTrace(traceFile('n.json', bytes));
    expect((await eventsOf(source)).map(brief)).toEqual([`0 join ${a.id}`]);
    expect(source.skipped!.first[0]).toMatchObject({
      field: b.id,
      reason: expect.stringContaining('UTF-8') as string,
    });
  });
});
