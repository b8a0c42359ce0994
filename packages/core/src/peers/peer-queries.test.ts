import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, PeerValidationError } from '../errors.js';
import { dhtKey } from './dht-key.js';
import { encoded, peerNumbered } from './peer-entry.fixture.js';
import { PeerQueries } from './peer-queries.js';
import { PeerTable } from './peer-table.js';
import type { PeerEntry } from './peer-entry.js';

function tableOf(entries: readonly PeerEntry[]): PeerQueries {
  const table = new PeerTable();
  for (const entry of entries) {
    const { memory, base } = encoded(entry);
    table.add(entry.peerId.nodeId, memory, base);
  }
  return new PeerQueries(table);
}

const distance = (a: string, b: string): bigint => {
  const [x, y] = [a, b].map((id) => BigInt(`0x${Buffer.from(dhtKey(id)).toString('hex')}`));
  return x! ^ y!;
};

describe('finding the closest peers', () => {
  it('agrees with sorting all of them by distance, in the DHT and among all', () => {
    const anyHexId = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((id) => Buffer.from(id).toString('hex'));
    const anyIds = fc.uniqueArray(
      fc.oneof(
        anyHexId,
        fc.nat(9999).map((id) => `peer-${id}`),
      ),
      { minLength: 0, maxLength: 40 },
    );
    fc.assert(
      fc.property(anyIds, anyHexId, fc.nat(45), (ids, target, k) => {
        const entries = ids.map((nodeId, at) =>
          peerNumbered(at, at % 4 === 0 ? {} : { dhtInfo: {} }, { nodeId }),
        );
        const closest = (some: readonly PeerEntry[]) =>
          some
            .map(({ peerId }) => peerId.nodeId)
            .sort((a, b) => (distance(target, a) < distance(target, b) ? -1 : 1))
            .slice(0, k);
        const named = (some: readonly PeerEntry[]) => some.map(({ peerId }) => peerId.nodeId);
        const peers = tableOf(entries);
        const inDht = entries.filter(({ dhtInfo }) => dhtInfo !== undefined);
        expect(named(peers.findClosestDhtPeers(target, k))).toEqual(closest(inDht));
        expect(named(peers.findClosestPeers(target, k))).toEqual(closest(entries));
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what is no node id or no number of peers', () => {
    const peers = tableOf([peerNumbered(1)]);
    for (const call of ['findClosestDhtPeers', 'findClosestPeers'] as const) {
      expect(() => peers[call](7 as never, 1)).toThrow(PeerValidationError);
      expect(() => peers[call]('peer-1', -1)).toThrow(ConfigError);
      expect(() => peers[call]('peer-1', 1.5)).toThrow(ConfigError);
    }
  });
});

describe('finding a peer by its key', () => {
  const long = 'ab'.repeat(2592);

  it('finds nobody by what is not the whole key in hex', () => {
    const peers = tableOf([
      peerNumbered(1, {}, { publicKey: 'abcd' }),
      peerNumbered(2, {}, { publicKey: long }),
    ]);
    expect(peers.findByPublicKey('ABcd')!.peerId.nodeId).toBe('peer-1');
    expect(peers.findByPublicKey(long)!.peerId.nodeId).toBe('peer-2');
    for (const wrong of ['', 'abcd0', 'abcdzz', '0xabcd', 'ab', 'abcd ', `${long}a`, 'abc\u0164']) {
      expect(peers.findByPublicKey(wrong)).toBeUndefined();
    }
  });

  it('never takes the hash of a long key for the key', () => {
    const hash = createHash('sha256').update(Buffer.from(long, 'hex')).digest();
    const peers = tableOf([peerNumbered(1, {}, { publicKey: long })]);
    for (const spelled of [hash, hash.toString('hex'), Buffer.from(hash.toString('hex'))]) {
      expect(peers.findByPublicKey(spelled)).toBeUndefined();
    }
  });
});

describe('what is handed out', () => {
  it('is a copy: changing it changes nothing in the table', () => {
    const peers = tableOf([peerNumbered(1, { links: [{ nodeId: 'a', type: 'x' }] })]);
    const before = peers.get('peer-1');
    for (const entry of [
      peers.get('peer-1')!,
      peers.allPeers()[0]!,
      peers.peersByTier('untrusted')[0]!,
    ]) {
      (entry.links as unknown[]).length = 0;
      (entry.peerId as { did: string }).did = 'changed';
    }
    expect(peers.get('peer-1')).toEqual(before);
    expect(peers.findByDid('changed')).toBeUndefined();
  });
});
