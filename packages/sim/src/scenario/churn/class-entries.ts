import { hash } from 'node:crypto';
import type { PeerEntry, PeerTier } from '@panoptes/core/observer';
import { dhtInfoOf, profileOf, thousandths } from '@panoptes/testkit/model';
import type { ClassSpec } from '../schema/population.js';
import type { LivePeer, PeerIdentity } from './live-peer.js';
import { remembering } from './remembering.js';

/** What makes the entries of one class of peers. */
export interface ClassEntries {
  /** Who a peer of the class is, from its node id alone. */
  identityOf(nodeId: string): PeerIdentity;
  /** Its standing when it joins. */
  tierOf(nodeId: string): PeerTier;
}

/**
 * Makes what is the same of a peer of a class in every session. Everything follows from a hash of
 * the node id, so that no peer's traits depend on another's.
 *
 * @param epochMs - when virtual time starts, in Unix milliseconds
 * @param rotates - whether the scenario says who validates; otherwise one in eight does, by its hash
 */
export function classEntries(spec: ClassSpec, epochMs: number, rotates: boolean): ClassEntries {
  const known = remembering((nodeId: string) => ({
    profile: profileOf(nodeId),
    bytes: traitsOf(nodeId),
  }));
  const entry = (peer: LivePeer): PeerEntry => {
    const { nodeId, spot } = peer.identity;
    const { profile, bytes } = known(nodeId);
    const { capabilities: wanted } = spec;
    const { connectionMetrics, capabilities } = profile;
    const transport = of(wanted.transports, bytes[0]!) ?? profile.activeProtocols[0]!;
    const bandwidth = wanted.bandwidth ?? capabilities.maxBandwidth;
    const role = of(wanted.nodeTypes, bytes[1]!) ?? capabilities.nodeType!;
    const nodeType = roleOf(peer, role, rotates);
    const spoken = wanted.protocols ?? ['dht', 'relay'];
    // Field by field: every event has one, and spreading costs more than all the rest.
    return {
      peerId: profile.peerId,
      endpoints: [
        {
          address: profile.endpoints[0]!.address,
          protocol: transport,
          signalStrength: peer.signal,
          latencyMs: peer.latencyMs,
        },
      ],
      activeProtocols: [transport],
      connectionMetrics: {
        signalStrength: peer.signal,
        bandwidthCapacity: bandwidth,
        latencyMs: peer.latencyMs,
        stabilityScore: connectionMetrics.stabilityScore,
        connectedAt: epochMs + peer.joinedAt,
      },
      authenticated: isWithin(wanted.authenticated, bytes[2]!) ?? profile.authenticated,
      quantumSecure: isWithin(wanted.quantumSecure, bytes[3]!) ?? profile.quantumSecure,
      hopCount: profile.hopCount,
      routeQuality: 1,
      capabilities: {
        nodeType,
        protocolVersion: capabilities.protocolVersion,
        supportsWeb4: capabilities.supportsWeb4,
        protocols: nodeType === 'validator' ? [...spoken, 'validator'] : [...spoken],
        maxBandwidth: bandwidth,
        availableBandwidth: Math.min(bandwidth, capabilities.availableBandwidth),
        routingCapacity: capabilities.routingCapacity,
        availabilityPercent: capabilities.availabilityPercent,
      },
      location: {
        latitude: thousandths(180 * spot.y - 90),
        longitude: thousandths(360 * spot.x - 180),
      },
      links: peer.links,
      reliabilityScore: profile.reliabilityScore,
      dhtInfo: dhtInfoOf(nodeId, epochMs + peer.lastSeen),
      discoveryMethod: profile.discoveryMethod,
      firstSeen: epochMs + peer.joinedAt,
      lastSeen: epochMs + peer.lastSeen,
      tier: peer.tier,
      trustScore: peer.trust,
      dataTransferred: peer.bytes,
      tokensEarned: 0,
      trafficRouted: 0,
    };
  };
  return {
    identityOf(nodeId) {
      const { bytes } = known(nodeId);
      const unit = (at: number): number => bytes.readUInt32LE(at) / 2 ** 32;
      return { nodeId, spot: { x: unit(8), y: unit(12) }, side: unit(16), entry };
    },
    tierOf(nodeId) {
      const { tiers } = spec;
      const { profile, bytes } = known(nodeId);
      if (tiers === undefined) return profile.tier;
      return weighted(tiers, bytes.readUInt32LE(20) / 2 ** 32);
    },
  };
}

const traitsOf = (nodeId: string): Buffer => hash('sha256', `traits\0${nodeId}`, 'buffer');

function of<T>(words: readonly T[] | undefined, byte: number): T | undefined {
  return words?.[byte % words.length];
}

const isWithin = (share: number | undefined, byte: number): boolean | undefined =>
  share === undefined ? undefined : byte < 256 * share;

function roleOf(peer: LivePeer, role: string, rotates: boolean): string {
  if (!rotates) return role;
  if (peer.validates) return 'validator';
  return role === 'validator' ? 'full' : role;
}

function weighted(weights: NonNullable<ClassSpec['tiers']>, unit: number): PeerTier {
  const entries = Object.entries(weights) as [PeerTier, number][];
  let left = unit * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [tier, weight] of entries) {
    if ((left -= weight) < 0) return tier;
  }
  return entries.at(-1)![0];
}
