import type { RunEnding } from '../checkers/history.js';
import type { IndexedPeers } from '../checkers/index-rules.js';
import { entryStamp, withPeer } from '@panoptes/core/observer';

/**
 * How a run ended, from the registry's own peers.
 *
 * @param live - names of the observers that were live
 */
export function endingOf(
  registry: { readonly lastSeq: number; readonly peers: Pick<IndexedPeers, 'size' | 'all'> },
  live: readonly string[],
): RunEnding {
  const { lastSeq, peers } = registry;
  const ending = { lastSeq, peers: peers.size, live };
  if (peers.size > mostPeersListed) return ending;
  let sum = 0;
  for (const peer of peers.all()) sum = withPeer(sum, entryStamp(peer));
  return { ...ending, sum };
}

/** All of more peers than this are not looked at once more: it would take longer than a run should. */
export const mostPeersListed = 50_000;
