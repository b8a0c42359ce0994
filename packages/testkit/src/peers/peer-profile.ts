import { hash } from 'node:crypto';
import type { PeerEntry } from '@panoptes/core';
import { identityOf } from './identity.js';
import { thousandths } from './thousandths.js';

/** What stays the same of a peer over all its sessions. */
export type PeerProfile = Pick<
  PeerEntry,
  | 'peerId'
  | 'endpoints'
  | 'activeProtocols'
  | 'authenticated'
  | 'quantumSecure'
  | 'hopCount'
  | 'capabilities'
  | 'reliabilityScore'
  | 'discoveryMethod'
  | 'tier'
  | 'trustScore'
> & { readonly connectionMetrics: Omit<PeerEntry['connectionMetrics'], 'connectedAt'> };

const transports = ['udp', 'tcp', 'quic', 'bluetooth-le'] as const;
const tierOf = [
  'tier1',
  'tier2',
  'tier2',
  'tier3',
  'tier3',
  'tier3',
  'tier4',
  'untrusted',
] as const;
const discoveries = ['bootstrap', 'dht', 'dht', 'dht', 'mesh-scan', 'relay', 'manual'] as const;
const bandwidths = [125_000, 625_000, 1_250_000, 12_500_000] as const;

/**
 * Invents what a source does not say of a peer: a standing, transports, capabilities. Everything
 * follows from a hash of the node id, so that the same peer looks the same in every run; about one
 * peer in eight validates, and seven in eight are authenticated.
 *
 * @param nodeId - the peer's id
 * @param publicKey - its key in hex, if the source has one
 */
export function profileOf(nodeId: string, publicKey?: string): PeerProfile {
  const bytes = hash('sha256', `profile\0${nodeId}`, 'buffer');
  const byte = (at: number): number => bytes[at]!;
  const of = <T>(words: readonly T[], at: number): T => words[byte(at) % words.length]!;
  const share = (at: number, from: number): number =>
    thousandths(from + ((1 - from) * byte(at)) / 255);

  const transport = of(transports, 0);
  const validates = byte(1) % 8 === 0;
  const bandwidth = of(bandwidths, 2);
  const latencyMs = 5 + byte(3);
  const signalStrength = share(4, 0.4);
  return {
    peerId: identityOf(nodeId, publicKey),
    endpoints: [
      {
        address: `10.${byte(5)}.${byte(6)}.${byte(7)}:${(1024 + bytes.readUInt16LE(8) / 2) | 0}`,
        protocol: transport,
        signalStrength,
        latencyMs,
      },
    ],
    activeProtocols: [transport],
    connectionMetrics: {
      signalStrength,
      bandwidthCapacity: bandwidth,
      latencyMs,
      stabilityScore: share(10, 0.5),
    },
    authenticated: byte(11) % 8 !== 0,
    quantumSecure: byte(12) % 4 === 0,
    hopCount: byte(13) % 4,
    capabilities: {
      nodeType: validates ? 'validator' : of(['full', 'light', 'relay'], 14),
      protocolVersion: `1.${byte(15) % 4}.0`,
      supportsWeb4: byte(16) % 2 === 0,
      protocols: validates ? ['dht', 'relay', 'validator'] : ['dht', 'relay'].slice(byte(17) % 2),
      maxBandwidth: bandwidth,
      availableBandwidth: Math.round(bandwidth * share(18, 0.1)),
      routingCapacity: byte(19),
      availabilityPercent: Math.round(100 * share(20, 0.2)),
    },
    reliabilityScore: share(21, 0.5),
    discoveryMethod: of(discoveries, 22),
    tier: of(tierOf, 23),
    trustScore: share(24, 0.2),
  };
}
