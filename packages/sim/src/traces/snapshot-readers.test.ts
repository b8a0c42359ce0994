import { describe, expect, it } from 'vitest';
import { makeRecord } from './enr.fixture.js';
import { openTrace } from './open-trace.js';
import { brief, eventsOf, traceErrorOf, traceFile } from './trace-files.fixture.js';

const a = makeRecord('a');
const b = makeRecord('b', { seq: 3 });
const day = (n: number): string => `2024-01-0${n}T00:00:00Z`;
const node = ({ record, seq }: { record: string; seq: number }): object => ({
  seq,
  record,
  score: 3,
  firstResponse: day(1),
  lastResponse: day(2),
  lastCheck: day(3),
});

describe('a discv4 crawl', () => {
  const read = (content: object | string) =>
    openTrace(
      traceFile('n.json', typeof content === 'string' ? content : JSON.stringify(content, null, 1)),
    );

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
      const error = await traceErrorOf(read(content));
      expect(error).toMatchObject({ line, field });
      expect(error.message).toContain(words);
    },
  );

  it('cut off, empty, or with a node twice is refused', async () => {
    const text = JSON.stringify({ [a.id]: node(a), [b.id]: node(b) });
    expect((await traceErrorOf(read(text.slice(0, -20)))).message).toContain('end of the file');
    expect((await traceErrorOf(read('{}'))).message).toContain('expected nodes, got none');
    const twice = `${text.slice(0, -1)},"${a.id}":${JSON.stringify(node(a))}}`;
    expect((await traceErrorOf(read(twice))).message).toContain('each once');
  });
});

describe('a mesh graph', () => {
  const meshNode = (id: string): object => ({
    id,
    firstSeen: 100,
    lastSeen: 200,
    online: true,
    gateway: id === 'x',
    clients: 2,
  });
  const link = (source: string, target: string, type: string): object => ({
    source,
    target,
    sourceTq: 0.25,
    targetTq: 0.75,
    type,
  });
  const nodes = ['x', 'y', 'z'].map(meshNode);
  const read = (content: object) =>
    openTrace(traceFile('m.json', JSON.stringify(content, null, 1)));

  it('gives both ends of a link the quality at that end, and keeps parallel links apart', async () => {
    const links = [link('x', 'y', 'vpn'), link('y', 'x', 'wifi')];
    const source = await read({ nodes, links });
    const events = await eventsOf(source);
    const linksOf = events.map((event) => (event.kind === 'leave' ? [] : event.peer.links));
    expect(linksOf).toEqual([
      [
        { nodeId: 'y', quality: 0.25, type: 'vpn' },
        { nodeId: 'y', quality: 0.75, type: 'wifi' },
      ],
      [
        { nodeId: 'x', quality: 0.75, type: 'vpn' },
        { nodeId: 'x', quality: 0.25, type: 'wifi' },
      ],
      [],
    ]);
    expect(events[0]).toMatchObject({ peer: { firstSeen: 100_000, lastSeen: 200_000 } });
    expect(source.epochMs).toBe(200_000);
    expect(source.spanMs()).toBe(0);
  });

  it('may name its links before its nodes', async () => {
    const events = await eventsOf(read({ links: [link('x', 'y', 'vpn')], nodes }));
    expect(events).toHaveLength(3);
  });

  it.each([
    ['a link to nowhere', { nodes, links: [link('x', 'q', 'vpn')] }, 'links[0].target', "'q'"],
    ['a link to itself', { nodes, links: [link('x', 'x', 'vpn')] }, 'links[0].target', "'x'"],
    [
      'a quality above 1',
      { nodes, links: [{ ...link('x', 'y', 'v'), sourceTq: 2 }] },
      'links[0].sourceTq',
      'got 2',
    ],
    ['a node twice', { nodes: [...nodes, meshNode('y')], links: [] }, 'nodes[3].id', "'y'"],
    [
      'a time that is text',
      { nodes: [{ ...meshNode('x'), lastSeen: '1' }] },
      'nodes[0].lastSeen',
      "'1'",
    ],
    ['no nodes', { nodes: [], links: [] }, 'nodes', 'got none'],
  ])('with %s is refused with its field', async (_, content, field, words) => {
    const error = await traceErrorOf(read(content));
    expect(error.field).toBe(field);
    expect(error.message).toContain(words);
  });
});
