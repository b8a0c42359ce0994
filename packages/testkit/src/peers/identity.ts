import { hash } from 'node:crypto';
import type { PeerEntry } from '@panoptes/core';

/**
 * The identity of a peer of which a source knows little more than the node id. What is missing
 * follows from the node id, so that it is the same whenever the peer comes back.
 *
 * @param nodeId - the id in the source
 * @param publicKey - its key in hex, if the source has one
 */
export function identityOf(
  nodeId: string,
  publicKey: string = hashOf(nodeId),
): PeerEntry['peerId'] {
  return { nodeId, publicKey, did: `did:zhtp:${didHex.test(nodeId) ? nodeId : hashOf(nodeId)}` };
}

/** 32 bytes that follow from a node id alone, as hex. */
export const hashOf = (text: string): string => hash('sha256', text);

/** Hex that the registry takes as the specific part of a DID: 16 digits or more, short enough. */
const didHex = /^[0-9a-f]{16,80}$/;

/**
 * What a DHT keeps of a peer, as seen from id 0: the distance is then the bit length of the peer's
 * id, which must be hex; other ids count as distance 0.
 *
 * @param lastContact - Unix milliseconds
 */
export function dhtInfoOf(nodeId: string, lastContact: number): NonNullable<PeerEntry['dhtInfo']> {
  const leading = /^(0*)([1-9a-f])/.exec(nodeId);
  const bits = leading === null ? 0 : bitLength(leading[2]!, nodeId.length - leading[1]!.length);
  const kademliaDistance = Math.min(bits, 512);
  return {
    kademliaDistance,
    bucketIndex: Math.max(0, kademliaDistance - 1),
    lastContact,
    failedAttempts: 0,
  };
}

const bitLength = (firstDigit: string, digits: number): number =>
  32 - Math.clz32(Number.parseInt(firstDigit, 16)) + 4 * (digits - 1);
