import { dhtKeyBytes } from '@panoptes/core/observer';

/**
 * The XOR distance between two identifiers as a big-endian number of 32 bytes, so that comparing
 * bytes compares distances (Maymounkov and Mazières, "Kademlia", 2002). Bytes past the first 32
 * are no part of the identifier.
 */
export function xorDistance(a: Uint8Array, b: Uint8Array): Buffer {
  const distance = Buffer.allocUnsafe(dhtKeyBytes);
  for (let at = 0; at < dhtKeyBytes; at++) distance[at] = a[at]! ^ b[at]!;
  return distance;
}

/**
 * The XOR distance rounded to a double. Rounding keeps the order but may make neighbours equal:
 * good for looking at candidates, not for deciding between two of them.
 */
export function roundedDistance(a: Uint8Array, b: Uint8Array): number {
  let distance = 0;
  for (let at = 0; at < dhtKeyBytes; at++) distance = distance * 256 + (a[at]! ^ b[at]!);
  return distance;
}
