import type { PeerEntry } from '@panoptes/core';
import type { RunEnding } from '../checkers/history.js';
import { withPeer } from '../checkers/peers-sum.js';
import { markOf } from './seen-event.js';

/**
 * How a run ended, from the registry's own peers.
 *
 * @param lastSeq - the last transaction
 * @param live - names of the observers that were live
 */
export function endingOf(
  lastSeq: number,
  peers: readonly PeerEntry[],
  live: readonly string[],
): RunEnding {
  const sum = peers.map((peer) => markOf(peer).stamp).reduce(withPeer, 0);
  return { lastSeq, peers: peers.length, sum, live };
}
