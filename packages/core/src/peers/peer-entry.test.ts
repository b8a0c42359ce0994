import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../clock.js';
import { PeerValidationError } from '../errors.js';
import { type PeerInput, createPeer } from './peer-entry.js';
import { anyPeer, asRead, fullPeer, withValueAt } from './peer-entry.fixture.js';

const clock: Clock = { now: () => 1_700, monotonic: () => 0, after: () => () => undefined };
const peerId = { nodeId: 'a', publicKey: 'ABCD', did: 'did:zhtp:0123456789abcdef' };

/** The error that making a peer of `input` throws. */
function refusal(input: unknown): PeerValidationError {
  try {
    createPeer(input as PeerInput, clock);
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    return error as PeerValidationError;
  }
  throw new Error('createPeer took it');
}

describe('createPeer', () => {
  it('fills everything but the identity with the documented defaults, times with now', () => {
    expect(createPeer({ peerId }, clock)).toEqual({
      peerId: { ...peerId, publicKey: 'abcd' },
      endpoints: [],
      activeProtocols: [],
      connectionMetrics: {
        signalStrength: 1,
        bandwidthCapacity: 0,
        latencyMs: 0,
        stabilityScore: 1,
        connectedAt: 1_700,
      },
      authenticated: false,
      quantumSecure: false,
      hopCount: 0,
      routeQuality: 1,
      capabilities: {
        supportsWeb4: false,
        protocols: [],
        maxBandwidth: 0,
        availableBandwidth: 0,
        routingCapacity: 0,
        availabilityPercent: 100,
      },
      links: [],
      reliabilityScore: 1,
      discoveryMethod: 'manual',
      firstSeen: 1_700,
      lastSeen: 1_700,
      tier: 'untrusted',
      trustScore: 0.5,
      dataTransferred: 0,
      tokensEarned: 0,
      trafficRouted: 0,
    });
  });

  it('fills the rest of groups and list items that are given in part', () => {
    const peer = createPeer(
      {
        peerId,
        connectionMetrics: { latencyMs: 9 },
        dhtInfo: { bucketIndex: 4 },
        location: {},
        endpoints: [{ address: '[::1]:1', protocol: 'tcp' }],
      },
      clock,
    );
    expect(peer.connectionMetrics).toMatchObject({ latencyMs: 9, signalStrength: 1 });
    expect(peer.dhtInfo).toEqual({
      kademliaDistance: 0,
      bucketIndex: 4,
      lastContact: 1_700,
      failedAttempts: 0,
    });
    expect(peer.location).toEqual({ latitude: 0, longitude: 0 });
    expect(peer.endpoints[0]).toMatchObject({ signalStrength: 1, latencyMs: 0 });
  });

  it('takes a key as bytes or as hex in any case', () => {
    const publicKey = Uint8Array.of(0xab, 0xcd);
    expect(createPeer({ peerId: { ...peerId, publicKey } }, clock)).toEqual(
      createPeer({ peerId }, clock),
    );
  });

  it('gives back any whole entry as it is, as an object of its own', () => {
    fc.assert(
      fc.property(anyPeer, (entry) => {
        const made = createPeer(entry, clock);
        expect(asRead(made)).toEqual(asRead(entry));
        expect(made).not.toBe(entry);
        expect(made.endpoints).not.toBe(entry.endpoints);
      }),
    );
  });

  it.each([
    ['peer', null],
    ['peer', []],
    ['peerId.nodeId', {}],
    ['peerId.nodeId', { peerId: { ...peerId, nodeId: '' } }],
    ['peerId.did', { peerId: { nodeId: 'a', publicKey: 'ab' } }],
    ['peerId.publicKey', { peerId: { nodeId: 'a', did: 'd' } }],
    ['colour', { peerId, colour: 'red' }],
    ['peerId.name', { peerId: { ...peerId, name: 'x' } }],
    ['connectionMetrics.speed', { peerId, connectionMetrics: { speed: 1 } }],
    ['links[0].weight', { peerId, links: [{ nodeId: 'b', type: 'x', weight: 1 }] }],
    ['links[1].type', { peerId, links: [{ nodeId: 'b', type: 'x' }, { nodeId: 'b' }] }],
    ['endpoints', { peerId, endpoints: { address: 'a' } }],
    ['endpoints[0]', { peerId, endpoints: ['192.0.2.1'] }],
    ['trustScore', { peerId, trustScore: 1.01 }],
    ['hopCount', { peerId, hopCount: 1.5 }],
    ['tier', { peerId, tier: 'tier5' }],
    ['authenticated', { peerId, authenticated: 1 }],
    ['authenticated', { peerId, authenticated: null }],
    ['tier', { peerId, tier: null }],
    ['hopCount', { peerId, hopCount: null }],
    ['nextHop', { peerId, nextHop: null }],
    ['location', { peerId, location: null }],
    ['connectionMetrics', { peerId, connectionMetrics: null }],
    ['links', { peerId, links: null }],
    ['dhtInfo.failedAttempts', { peerId, dhtInfo: { failedAttempts: -1 } }],
  ])('refuses a bad %s and names it', (field, input) => {
    const error = refusal(input);
    expect(error.field).toBe(field);
    expect(error.message).toContain(`'${field}'`);
    expect(error.code).toBe('PEER_INVALID');
  });

  it('says what was expected and what came', () => {
    expect(refusal(withValueAt(fullPeer(), 'trustScore', 2)).message).toBe(
      "peer field 'trustScore': expected a finite number from 0 to 1, got 2",
    );
    expect(refusal({ peerId, colour: 'red' }).message).toContain('known: peerId, endpoints,');
  });
});
