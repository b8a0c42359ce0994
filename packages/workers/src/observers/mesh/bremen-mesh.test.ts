import { existsSync, readFileSync } from 'node:fs';
import { createPeer, type PeerEntry } from '@panoptes/core/observer';
import { expect, it } from 'vitest';
import { ObserverIncarnation } from '../observer-incarnation.fixture.js';
import { PeerFeed } from '../peer-feed.fixture.js';
import mesh from './index.js';

interface MeshFile {
  readonly nodes: readonly { readonly id: string }[];
  readonly links: readonly {
    readonly source: string;
    readonly target: string;
    readonly sourceTq: number;
    readonly targetTq: number;
    readonly type: string;
  }[];
}

/** The recorded mesh lies beside the project, not in it. */
const file = new URL('../../../../../../shared/data/mesh-bremen.json', import.meta.url);

it("finds the links, parts and isolated routers of a city's recorded mesh", async (ctx) => {
  if (!existsSync(file)) ctx.skip('../shared/data/mesh-bremen.json is not there');
  const { nodes, links } = JSON.parse(readFileSync(file, 'utf8')) as MeshFile;
  const heard = new Map<string, PeerEntry['links'][number][]>(nodes.map(({ id }) => [id, []]));
  for (const { source, target, sourceTq, targetTq, type } of links) {
    heard.get(source)!.push({ nodeId: target, quality: sourceTq, type });
    heard.get(target)!.push({ nodeId: source, quality: targetTq, type });
  }
  const peers = [...heard].map(([nodeId, theirs]) =>
    createPeer({
      peerId: { nodeId, publicKey: nodeId, did: `did:zhtp:${nodeId}` },
      links: theirs,
    }),
  );
  const feed = new PeerFeed();
  const incarnation = await ObserverIncarnation.begin(mesh, undefined);
  await incarnation.follow(feed, ...peers.map((entry) => [entry]));
  const topology = incarnation.state;
  expect(topology.counts()).toEqual({
    peers: 891,
    links: 1395,
    pairs: 1268,
    isolated: 58,
    dangling: 0,
    selfLinks: 0,
  });
  expect(topology.components()).toEqual([833, ...Array.from({ length: 58 }, () => 1)]);
  expect(topology.isolatedPeers()).toHaveLength(58);
  const cut = topology.articulationPoints();
  expect(cut.length).toBeGreaterThan(0);
  await incarnation.follow(feed, [cut[0]!]);
  expect(topology.components().length).toBeGreaterThan(59);
});
