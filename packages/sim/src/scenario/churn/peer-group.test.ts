import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LivePeer, OnlineKind } from './live-peer.js';
import { PeerBag } from './peer-bag.js';
import { PeerGroup } from './peer-group.js';

const bagOfKind = (): OnlineKind => new PeerBag('placeInKind');

describe('a group of peers', () => {
  it('has the online peers of its kinds, each at one position, and knows who is of them', () => {
    const kindsAndMoves = fc.array(fc.array(fc.nat(9), { maxLength: 20 }), { maxLength: 5 });
    fc.assert(
      fc.property(kindsAndMoves, (moves) => {
        const group = new PeerGroup();
        const online = new Set<LivePeer>();
        const bags = moves.map(() => bagOfKind());
        for (const bag of bags) group.addKind(bag);
        // Kinds may be added before anyone is there.
        for (const [at, numbers] of moves.entries()) {
          const kind = bags[at]!;
          const peers = Array.from({ length: 10 }, () => ({ kind }) as unknown as LivePeer);
          for (const number of numbers) {
            const peer = peers[number]!;
            if (online.delete(peer)) kind.remove(peer);
            else kind.add(peer);
            if (kind.has(peer)) online.add(peer);
          }
          expect(peers.every((peer) => group.isOf(peer))).toBe(true);
        }
        expect(group.isOf({ kind: bagOfKind() } as unknown as LivePeer)).toBe(false);
        expect(group.size).toBe(online.size);
        const drawn = Array.from({ length: group.size }, (_, at) => group.at(at));
        expect(drawn).toEqual(group.toArray());
        expect(new Set(drawn)).toEqual(online);
        expect(() => group.at(group.size)).toThrow(RangeError);
      }),
    );
  });
});
