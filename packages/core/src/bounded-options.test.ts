import { describe, expect, it } from 'vitest';
import { ConfigError, PeerValidationError } from './errors.js';
import { resolveConfig } from './config.js';
import { parseSubscription } from './log/subscription.js';
import { createPeer } from './peers/peer-entry.js';
import { ownPatch } from './peers/own-patch.js';
import { patchEntry } from './peers/peer-patch.js';
import { peerNumbered } from './peers/peer-entry.fixture.js';

/** A list of nothing but holes: no memory of its owner's, and four thousand million places. */
const holes: never[] = [];
holes.length = 2 ** 32 - 1;
const bytes = new Uint8Array(2 ** 26);
const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`key${at}`, at]));
const { peerId } = peerNumbered(1);

/** Nothing of this is gone through: it would take minutes, and so the tests. */
describe('what has more places than it may is refused before they are gone through', () => {
  it.each<[string, () => unknown]>([
    ['holes for options', () => resolveConfig(holes as never)],
    ['bytes for options', () => resolveConfig(bytes as never)],
    ['bytes for a group of options', () => resolveConfig({ peers: bytes } as never)],
    ['a boxed text for options', () => resolveConfig(new String('x'.repeat(2 ** 24)) as never)],
    ['holes in a list of an option', () => resolveConfig({ peers: { didMethods: holes } })],
    ['holes in a subscription', () => parseSubscription({ kinds: holes })],
    ['too many options', () => resolveConfig(wide)],
  ])('%s', (_, read) => {
    expect(read).toThrow(ConfigError);
  });

  it.each<[string, () => unknown]>([
    ['holes in a list of a peer', () => createPeer({ peerId, endpoints: holes })],
    ['holes in another list', () => createPeer({ peerId, activeProtocols: holes })],
    ['bytes for a key', () => createPeer({ peerId: { ...peerId, publicKey: bytes } })],
    ['holes in a patch', () => ownPatch({ endpoints: holes })],
    [
      'too many fields of a patch',
      () => patchEntry(peerNumbered(1), ownPatch({ connectionMetrics: wide }).fields),
    ],
    ['a boxed text for a patch', () => ownPatch(new String('x'.repeat(2 ** 24)))],
  ])('%s', (_, read) => {
    expect(read).toThrow(PeerValidationError);
  });
});

describe('a name that somebody else chose', () => {
  const long = 'x'.repeat(1_000_000);
  it.each<[string, () => unknown]>([
    ['of an option', () => resolveConfig({ [long]: 1 })],
    ['of an option in a group', () => resolveConfig({ peers: { [long]: 1 } })],
    ['of a field', () => patchEntry(peerNumbered(1), ownPatch({ [long]: 1 }).fields)],
  ])('is not repeated at length: %s', (_, read) => {
    let message = '';
    try {
      read();
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toContain(`${'x'.repeat(64)}…`);
    expect(message.length).toBeLessThan(1_000);
  });
});

it('options are read once: what changes when it is read again is what it was first', () => {
  let reads = 0;
  const peers = Object.defineProperty({}, 'maxPeers', {
    enumerable: true,
    get: () => (reads++ === 0 ? 7 : Symbol('changed')),
  });
  expect(resolveConfig({ peers }).peers.maxPeers).toBe(7);
  expect(reads).toBe(1);
});

it.each([
  ['all options', () => resolveConfig(new Map([['peers', { maxPeers: 7 }]]) as never)],
  ['a group', () => resolveConfig({ peers: new Map([['maxPeers', 7]]) as never })],
])('options in a map are refused, which would be lost unseen: %s', (_, read) => {
  expect(read).toThrow(/expected an object, got a Map/);
});
