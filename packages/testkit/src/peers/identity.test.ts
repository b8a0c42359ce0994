import { createPeer } from '@panoptes/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dhtInfoOf, identityOf } from './identity.js';
import { profileOf } from './peer-profile.js';

describe('a made-up identity', () => {
  it('has a DID of the form that the registry takes, whatever the node id', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{1,120}$/)), (nodeId) => {
        const { did } = identityOf(nodeId);
        expect(did).toMatch(/^did:zhtp:[0-9a-f]{16,}$/);
        expect(did.length).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('makes whole entries with its profile, the same each time', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-z]{1,64}$/), (nodeId) => {
        expect(profileOf(nodeId)).toEqual(profileOf(nodeId));
        expect(createPeer(profileOf(nodeId)).peerId.nodeId).toBe(nodeId);
      }),
    );
  });

  it.each([
    ['00'.repeat(32), 0],
    ['00'.repeat(31) + '01', 1],
    ['00'.repeat(31) + '1f', 5],
    ['ff'.repeat(32), 256],
    ['7f'.repeat(16), 127],
    ['not hex', 0],
  ])('puts %s at DHT distance %d', (nodeId, distance) => {
    expect(dhtInfoOf(nodeId, 0)).toMatchObject({
      kademliaDistance: distance,
      bucketIndex: Math.max(0, distance - 1),
    });
  });
});
