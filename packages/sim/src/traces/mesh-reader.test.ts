import type { ChurnEvent } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import type { ChurnSource } from '../churn/churn-source.js';
import { openTrace } from './open-trace.js';
import { eventsOf, openStrictly, traceErrorOf, traceFile } from './trace-files.fixture.js';

const meshNode = (id: string): object => ({
  id,
  firstSeen: 100,
  lastSeen: 200,
  online: true,
  gateway: id === 'x',
  clients: 2,
});
const link = (source: string, target: string, type: string, sourceTq = 0.25): object => ({
  source,
  target,
  sourceTq,
  targetTq: 0.75,
  type,
});
const nodes = ['x', 'y', 'z'].map(meshNode);
const fileOf = (content: object): string => traceFile('m.json', JSON.stringify(content, null, 1));
const read = (content: object): Promise<ChurnSource> => openTrace(fileOf(content));
const readStrictly = (content: object): Promise<ChurnSource> => openStrictly(fileOf(content));

/** Links by node, as `target quality type`. */
const linksOf = (events: readonly ChurnEvent[]): Record<string, string[]> =>
  Object.fromEntries(
    events.flatMap((event) =>
      event.kind !== 'join'
        ? []
        : [
            [
              event.peer.peerId.nodeId,
              event.peer.links.map(({ nodeId, quality, type }) => `${nodeId} ${quality} ${type}`),
            ],
          ],
    ),
  );

describe('a mesh graph', () => {
  it('gives both ends of a link the quality at that end, and keeps parallel links apart', async () => {
    const links = [link('x', 'y', 'vpn'), link('y', 'x', 'wifi')];
    const source = await readStrictly({ nodes, links });
    const events = await eventsOf(source);
    expect(linksOf(events)).toEqual({
      x: ['y 0.25 vpn', 'y 0.75 wifi'],
      y: ['x 0.75 vpn', 'x 0.25 wifi'],
      z: [],
    });
    expect(events[0]).toMatchObject({ peer: { firstSeen: 100_000, lastSeen: 200_000 } });
    expect(source.epochMs).toBe(200_000);
    expect(source.spanMs()).toBe(0);
  });

  it('may name its links before its nodes, and hold other things, in any order', async () => {
    const links = [link('x', 'y', 'vpn')];
    const plain = await eventsOf(readStrictly({ nodes, links }));
    expect(await eventsOf(readStrictly({ links, nodes }))).toEqual(plain);
    const more = { version: 2, about: { a: [1] }, tags: [1, { nodes: [2] }] };
    expect(await eventsOf(readStrictly({ ...more, links, nodes }))).toEqual(plain);
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
      { nodes: [...nodes, { ...meshNode('q'), lastSeen: '1' }] },
      'nodes[3].lastSeen',
      "'1'",
    ],
    ['a node without an id', { nodes: [...nodes, { clients: 1 }] }, 'nodes[3].id', 'undefined'],
    [
      'an id of too many bytes',
      { nodes: [...nodes, meshNode('路'.repeat(100))] },
      'nodes[3]',
      '1 to 256 bytes',
    ],
    [
      'a medium of too many bytes',
      { nodes: [...nodes, meshNode('q')], links: [link('q', 'x', 'é'.repeat(40))] },
      'nodes[0]',
      '1 to 64 bytes',
    ],
  ])('with %s is refused with its field', async (_, content, field, words) => {
    const error = await traceErrorOf(readStrictly(content));
    expect(error).toMatchObject({ code: 'TRACE_INVALID', field });
    expect(error.message).toContain(words);
    const source = await read(content);
    expect(await eventsOf(source)).not.toEqual([]);
    expect(source.skipped!.first[0]).toMatchObject({ field });
  });

  it('without nodes is refused', async () => {
    const error = await traceErrorOf(read({ nodes: [], links: [] }));
    expect(error.message).toContain('expected nodes of a discv4 crawl');
    expect((await traceErrorOf(read({ nodes: [{}] }))).message).toContain('its only entry');
  });

  it('with a hub keeps its 512 best links there, and all at their other ends', async () => {
    const leaves = Array.from({ length: 600 }, (_, at) => `leaf${at}`);
    const links = leaves.map((leaf, at) => link('x', leaf, 'vpn', at < 100 ? 0.1 : 0.5));
    const content = { nodes: ['x', ...leaves].map(meshNode), links };
    const source = await read(content);
    const all = linksOf(await eventsOf(source));
    expect(all['x']).toEqual([
      ...leaves.slice(0, 12).map((leaf) => `${leaf} 0.1 vpn`),
      ...leaves.slice(100).map((leaf) => `${leaf} 0.5 vpn`),
    ]);
    expect(leaves.every((leaf) => all[leaf]![0] === 'x 0.75 vpn')).toBe(true);
    expect(source.skipped).toMatchObject({ count: 88, first: [{ field: 'nodes[0]' }] });
    const error = await traceErrorOf(readStrictly(content));
    expect(error.message).toContain('expected at most 512 links of a node, got 600');
  });

  it('with a hub of long names keeps as many links as an entry has room for', async () => {
    const leaves = Array.from({ length: 300 }, (_, at) => `${at}`.padEnd(256, 'n'));
    const links = leaves.map((leaf) => link('x', leaf, 'vpn'));
    const events = await eventsOf(read({ nodes: ['x', ...leaves].map(meshNode), links }));
    const kept = linksOf(events)['x']!.length;
    expect(kept).toBeGreaterThan(150);
    expect(kept).toBeLessThan(300);
  });
});

const seen = { firstseen: '2023-01-05T10:00:00+0000', lastseen: '2024-03-01T11:59:00+0000' };
const seenMs = { firstSeen: Date.UTC(2023, 0, 5, 10), lastSeen: Date.UTC(2024, 2, 1, 11, 59) };

describe('a mesh graph of another program', () => {
  const viewerNode = (id: string, isGateway: boolean): object => ({
    ...seen,
    is_online: !isGateway,
    is_gateway: isGateway,
    clients: 4,
    node_id: id,
    gateway: 'aa:bb',
  });
  const viewer = {
    timestamp: '2024-03-01T12:00:00+0000',
    nodes: [viewerNode('a', false), viewerNode('b', true)],
    links: [{ type: 'wifi', source: 'a', target: 'b', source_tq: 0.8, target_tq: 0.7 }],
  };

  it('is read as meshviewer has it, whatever the order of its keys', async () => {
    const events = await eventsOf(readStrictly(viewer));
    expect(linksOf(events)).toEqual({ a: ['b 0.8 wifi'], b: ['a 0.7 wifi'] });
    expect(events).toMatchObject([
      { peer: { ...seenMs, capabilities: { availabilityPercent: 100, routingCapacity: 4 } } },
      { peer: { ...seenMs, capabilities: { availabilityPercent: 0, nodeType: 'gateway' } } },
    ]);
    const { timestamp, nodes: first, links } = viewer;
    for (const content of [
      { nodes: first, links, timestamp },
      { links, timestamp, nodes: first },
    ]) {
      expect(await eventsOf(readStrictly(content))).toEqual(events);
    }
  });

  const yanicNode = {
    ...seen,
    flags: { online: false, gateway: true },
    statistics: { clients: 3 },
    nodeinfo: { node_id: 'a', hostname: 'garden' },
  };

  it.each([
    ['a list', { version: 2, nodes: [yanicNode] }],
    ['by id', { timestamp: viewer.timestamp, nodes: { a: { ...yanicNode, nodeinfo: {} } } }],
    [
      'raw',
      {
        nodes: [
          {
            ...yanicNode,
            flags: null,
            online: false,
            gateway: true,
            statistics: { clients: { total: 3 } },
          },
        ],
      },
    ],
    [
      'in its node list',
      {
        version: '1.0.1',
        nodes: [
          {
            id: 'a',
            gateway: true,
            firstseen: seen.firstseen,
            status: { online: false, lastcontact: seen.lastseen, clients: 3 },
          },
        ],
      },
    ],
  ])('is read as yanic has its nodes: %s', async (_, content) => {
    const capabilities = { availabilityPercent: 0, routingCapacity: 3, nodeType: 'gateway' };
    expect(await eventsOf(readStrictly(content))).toMatchObject([
      { peer: { peerId: { nodeId: 'a' }, ...seenMs, capabilities } },
    ]);
  });

  it('is read as yanic has its graph, with nodes by their positions', async () => {
    const batadv = {
      directed: false,
      links: [{ source: 1, target: 0, vpn: true, tq: 1.25, bidirect: true }],
      nodes: [
        { id: 'aa:aa', node_id: 'a' },
        { id: 'bb:bb', node_id: 'b' },
      ],
    };
    const events = await eventsOf(readStrictly({ version: 1, batadv }));
    expect(linksOf(events)).toEqual({ a: ['b 0.8 vpn'], b: ['a 0.8 vpn'] });
  });

  it('is read as NetJSON has it, at the time at which it is generated unless it tells one', async () => {
    const source = await readStrictly({
      type: 'NetworkGraph',
      protocol: 'OLSR',
      metric: 'ETX',
      links: [{ source: '10.0.0.1', target: '10.0.0.2', cost: 2 }],
      nodes: [{ id: '10.0.0.1' }, { id: '10.0.0.2' }],
    });
    expect(linksOf(await eventsOf(source))).toEqual({
      '10.0.0.1': ['10.0.0.2 0.5 other'],
      '10.0.0.2': ['10.0.0.1 0.5 other'],
    });
  });

  const hop = (lastHopIP: string, destinationIP: string, linkQuality: number): object => ({
    lastHopIP,
    destinationIP,
    linkQuality,
    neighborLinkQuality: 0.5,
    tcEdgeCost: 1024,
  });

  it('is read as olsrd has its topology: nodes by any of their addresses, links told once or twice', async () => {
    const source = await readStrictly({
      systemTime: 1_430_572_557,
      config: { mainIp: '10.0.0.1' },
      topology: [
        hop('10.0.0.1', '10.0.0.2', 1),
        hop('10.0.0.2', '10.0.0.1', 0.9),
        hop('10.0.0.2', '192.168.0.3', 0.8),
      ],
      mid: [{ main: { ipAddress: '10.0.0.3' }, aliases: [{ ipAddress: '192.168.0.3' }] }],
    });
    expect(source.epochMs).toBe(1_430_572_557_000);
    expect(linksOf(await eventsOf(source))).toEqual({
      '10.0.0.1': ['10.0.0.2 1 olsr'],
      '10.0.0.2': ['10.0.0.1 0.9 olsr', '10.0.0.3 0.8 olsr'],
      '10.0.0.3': ['10.0.0.2 0.5 olsr'],
    });
  });

  it('is read as batman-adv’s vis has it: each node with whom it hears', async () => {
    const source = await readStrictly({
      source_version: '2014.3.0',
      algorithm: 4,
      vis: [
        {
          primary: 'a1',
          secondary: ['a2'],
          neighbors: [{ router: 'a2', neighbor: 'b2', metric: '1.250' }],
          clients: ['c1', 'c2'],
        },
        {
          primary: 'b1',
          secondary: ['b2'],
          neighbors: [{ router: 'b2', neighbor: 'a2', metric: '2.000' }],
        },
      ],
    });
    const events = await eventsOf(source);
    expect(linksOf(events)).toEqual({ a1: ['b1 0.8 batman-adv'], b1: ['a1 0.5 batman-adv'] });
    expect(events[0]).toMatchObject({ peer: { capabilities: { routingCapacity: 2 } } });
  });
});
