import { describe, expect, it } from 'vitest';
import { traceFile } from '../../traces/trace-files.fixture.js';
import { eventsOf } from './scenario-events.fixture.js';

describe('a topology', () => {
  const linksOf = async (model: string, peers = 150) => {
    const text = [
      'version: 1',
      `population: { peers: ${peers}, availability: 0.5 }`,
      'sessions: { distribution: exponential, mean: 1h }',
      `topology: ${model}`,
      'phases: [{ kind: steady, duration: 10m }]',
    ].join('\n');
    return (await eventsOf(text)).flatMap((event) => (event.kind === 'join' ? [event.peer] : []));
  };

  it('that is random geometric links peers within the radius, the nearest first of all', async () => {
    const peers = await linksOf('{ model: random-geometric, radius: 0.1, most: 8 }');
    const place = new Map(peers.map(({ peerId, location }) => [peerId.nodeId, location!]));
    const gap = (a: number, b: number, size: number) => {
      const apart = Math.abs(a - b) / size;
      return Math.min(apart, 1 - apart);
    };
    const distance = (a: string, b: string) =>
      Math.hypot(
        gap(place.get(a)!.longitude, place.get(b)!.longitude, 360),
        gap(place.get(a)!.latitude, place.get(b)!.latitude, 180),
      );
    const online: string[] = [];
    for (const { peerId, links } of peers.slice(0, 150)) {
      const within = online
        .filter((other) => distance(peerId.nodeId, other) < 0.1)
        .sort((a, b) => distance(peerId.nodeId, a) - distance(peerId.nodeId, b));
      expect(links.map(({ nodeId }) => nodeId)).toEqual(within.slice(0, 8));
      online.push(peerId.nodeId);
    }
  });

  it('that is a small world links the nearest on a ring, but for those rewired', async () => {
    const lengths = (peers: Awaited<ReturnType<typeof linksOf>>) => {
      const place = new Map(
        peers.map(({ peerId, location }) => [peerId.nodeId, location!.longitude]),
      );
      return peers.slice(75, 150).flatMap(({ peerId, links }) =>
        links.map(({ nodeId }) => {
          const apart = Math.abs(place.get(peerId.nodeId)! - place.get(nodeId)!) / 360;
          return Math.min(apart, 1 - apart);
        }),
      );
    };
    const near = lengths(await linksOf('{ model: small-world, neighbours: 4, rewire: 0 }'));
    const mixed = lengths(await linksOf('{ model: small-world, neighbours: 4, rewire: 0.5 }'));
    expect(near).toHaveLength(300);
    expect(Math.max(...near)).toBeLessThan(0.1);
    expect(mixed.filter((length) => length > 0.1).length / mixed.length).toBeGreaterThan(0.25);
  });

  it('from a file gives peers the ids and links that they have there', async () => {
    const mesh = {
      nodes: ['a', 'b', 'c', 'd'].map((id) => ({
        id,
        firstSeen: 1,
        lastSeen: 2,
        online: true,
        gateway: false,
        clients: 0,
      })),
      links: [{ source: 'a', target: 'b', sourceTq: 0.5, targetTq: 0.25, type: 'wifi' }],
    };
    const peers = await linksOf(
      `{ model: file, file: ${traceFile('mesh.json', JSON.stringify(mesh))} }`,
      2,
    );
    const a = peers.find(({ peerId }) => peerId.nodeId === 'a');
    expect(a?.links).toEqual([{ nodeId: 'b', quality: 0.5, type: 'wifi' }]);
    await expect(
      linksOf(`{ model: file, file: ${traceFile('mesh.json', JSON.stringify(mesh))} }`, 3),
    ).rejects.toThrow('expected 6 nodes');
  });
});
