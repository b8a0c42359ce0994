import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { parameter } from '../address.js';
import { getJson, messageOf } from '../api/requests.js';

/**
 * What the server says to what the address asks of the peers: asked once, and again when that changes.
 *
 * @param turn - another number has it asked again
 */
export function usePeers(turn: number): ReadonlySignal<PeersAnswer | null> {
  return useAnswer<PeersPage>(() => {
    const query = new URLSearchParams({ limit: `${pageSize}` });
    for (const name of peerParameters) {
      const value = parameter(name).trim();
      if (value !== '') query.set(name, value);
    }
    return `/api/peers?${query}`;
  }, turn);
}

/** All fields of the peer that the address names; null while it names none. */
export function usePeer(): ReadonlySignal<Answer<object> | null> {
  return useAnswer<object>(() => {
    const nodeId = parameter('peer');
    return nodeId === '' ? null : `/api/peer?${new URLSearchParams({ nodeId })}`;
  });
}

/** A page of peers, or why there is none. */
export type PeersAnswer = Answer<PeersPage>;

/** What was said, or why not. */
export type Answer<Said> =
  | { readonly said: Said; readonly refused?: undefined }
  | { readonly said?: undefined; readonly refused: string };

/** Parameters of the address by which peers are chosen. */
export const peerParameters = ['search', 'closest', 'tier', 'protocol', 'after'] as const;

/** A page of peers, as the server sends it. */
export interface PeersPage {
  readonly peers: readonly PeerRow[];
  /** What `after` is for the next page; null when there is none. */
  readonly next: string | null;
}

/** A peer in the table. */
export interface PeerRow {
  readonly nodeId: string;
  readonly did: string;
  readonly tier: string;
  readonly authenticated: boolean;
  readonly trustScore: number;
  readonly discoveryMethod: string;
  readonly activeProtocols: readonly string[];
  /** Unix milliseconds. */
  readonly lastSeen: number;
  readonly hopCount: number;
  readonly hasDht: boolean;
}

const pageSize = 50;

/** Asks whenever the path is another, or the turn; an answer to an earlier question is dropped. */
function useAnswer<Said>(path: () => string | null, turn = 0): ReadonlySignal<Answer<Said> | null> {
  const answer = useSignal<Answer<Said> | null>(null);
  const asked = useComputed(path).value;
  useEffect(() => {
    if (asked === null) {
      answer.value = null;
      return;
    }
    const outdated = new AbortController();
    getJson<Said>(asked, outdated.signal).then(
      (said) => (answer.value = { said }),
      (error: unknown) => {
        if (!outdated.signal.aborted) answer.value = { refused: messageOf(error) };
      },
    );
    return () => outdated.abort();
  }, [asked, turn]);
  return answer;
}
