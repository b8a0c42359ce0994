import fc from 'fast-check';
import { expect, it } from 'vitest';
import { peerNumbered } from './peer-entry.fixture.js';
import { putPeer } from './peer-table.fixture.js';
import { PeerTable } from './peer-table.js';

/** Few, so that slots are used by one after another and peers come back in other slots. */
const anyStep = fc.record({ peer: fc.nat(7), isThere: fc.boolean() });

it('a peer that was found before is found where it is now, or not at all', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const table = new PeerTable();
      const present = new Set<string>();
      for (const { peer, isThere } of steps) {
        const { nodeId } = peerNumbered(peer).peerId;
        const slot = table.identities.withNodeId(nodeId);
        expect(slot !== undefined).toBe(present.has(nodeId));
        if (slot !== undefined) expect(table.nodeIdAt(slot)).toBe(nodeId);
        if (isThere && slot === undefined) putPeer(table, peerNumbered(peer));
        if (!isThere && slot !== undefined) table.remove(slot);
        if (isThere) present.add(nodeId);
        else present.delete(nodeId);
        // By another text that is equal, too.
        const found = table.identities.withNodeId(nodeId.split('-').join('-'));
        expect(found !== undefined).toBe(isThere);
      }
    }),
  );
});
