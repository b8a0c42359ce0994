import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerValidationError } from '../errors.js';
import { peerEncoder } from './entry-encoder.js';
import { entryHeadroom, entryMemory, maxEntryBytes, peerLayout } from './entry-layout.js';
import { entryLength } from './entry-reader.js';
import { decodeEntry } from './entry-view.js';
import {
  anyPeer,
  asRead,
  encoded,
  fullPeer,
  peerNumbered,
  withValueAt,
} from './peer-entry.fixture.js';

function refusal(entry: unknown): PeerValidationError {
  try {
    encoded(entry);
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    return error as PeerValidationError;
  }
  throw new Error('the encoder took it');
}

const tooLong = (bytes: number) => 'é'.repeat(Math.ceil((bytes + 1) / 2));
const texts: readonly [path: string, maxBytes: number][] = [
  ['peerId.nodeId', 256],
  ['peerId.did', 100],
  ['endpoints[0].address', 512],
  ['endpoints[0].protocol', 64],
  ['activeProtocols[1]', 64],
  ['nextHop', 256],
  ['capabilities.nodeType', 64],
  ['capabilities.apiEndpoint', 512],
  ['capabilities.protocolVersion', 64],
  ['capabilities.protocols[0]', 64],
  ['location.region', 64],
  ['links[0].nodeId', 256],
  ['links[0].type', 64],
];

describe('an encoded entry', () => {
  it('decodes to what was encoded, whatever it was', () => {
    fc.assert(
      fc.property(anyPeer, (entry) => {
        const { memory, base, bytes } = encoded(entry);
        expect(decodeEntry(memory, base)).toEqual(asRead(entry));
        expect(bytes.length % 8).toBe(0);
        expect(entryLength(memory, base)).toBe(bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same bytes for the same values, whatever lay there and however it is spelled', () => {
    fc.assert(
      fc.property(anyPeer, (entry) => {
        const { bytes } = encoded(entry);
        const memory = entryMemory(new ArrayBuffer(entryHeadroom));
        const shuffled = Object.fromEntries(Object.entries(asRead(entry)).reverse());
        const length = peerEncoder.encode({ ...shuffled, location: entry.location }, memory, 0);
        expect(memory.u8.subarray(0, length).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
    const key = fullPeer().peerId.publicKey;
    for (const spelled of [key.toUpperCase(), Uint8Array.from(Buffer.from(key, 'hex'))]) {
      const entry = withValueAt(fullPeer(), 'peerId.publicKey', spelled);
      expect(encoded(entry).bytes.equals(encoded(fullPeer()).bytes)).toBe(true);
    }
  });

  it('differs for different values, those that are 0 or absent included', () => {
    const plain = encoded(peerNumbered(1)).bytes;
    for (const more of [
      { location: {} },
      { dhtInfo: { lastContact: 0 } },
      { capabilities: { energyLevel: 0 } },
      { nextHop: 'x' },
      { tier: 'tier1' as const },
    ]) {
      expect(encoded(peerNumbered(1, more)).bytes.equals(plain)).toBe(false);
    }
  });

  it('holds -0 and 0 as one value, in lists too', () => {
    for (const path of ['connectionMetrics.latencyMs', 'hopCount', 'endpoints[0].latencyMs']) {
      const minus = encoded(withValueAt(fullPeer(), path, -0)).bytes;
      expect(minus.equals(encoded(withValueAt(fullPeer(), path, 0)).bytes)).toBe(true);
    }
  });

  it('takes keys of 2,592 bytes and of the full 4,096, and no longer ones', () => {
    for (const size of [1, 63, 64, 65, 128, 129, 2592, 4096]) {
      const publicKey = Buffer.alloc(size, 0x9f).toString('hex');
      const { memory, base } = encoded(peerNumbered(1, {}, { publicKey }));
      expect(decodeEntry(memory, base).peerId.publicKey).toBe(publicKey);
    }
    for (const publicKey of ['9f'.repeat(4097), new Uint8Array(4097), '', new Uint8Array(0)]) {
      const entry = withValueAt(fullPeer(), 'peerId.publicKey', publicKey);
      expect(refusal(entry).field).toBe('peerId.publicKey');
    }
  });

  it('refuses keys that are not hex at every place, short and long', () => {
    for (const size of [2, 64, 256, 258, 600]) {
      for (const bad of ['g', ' ', '\u0130', '中', '/', ':', '@', '`']) {
        for (const at of [0, 1, size / 2, size - 1]) {
          const publicKey = `${'a'.repeat(at)}${bad}${'a'.repeat(size - at - 1)}`;
          const entry = withValueAt(fullPeer(), 'peerId.publicKey', publicKey);
          expect(refusal(entry).field).toBe('peerId.publicKey');
        }
      }
    }
    const odd = withValueAt(fullPeer(), 'peerId.publicKey', 'abc');
    expect(refusal(odd).field).toBe('peerId.publicKey');
  });

  it.each(texts)('takes %s up to %i bytes, counted in UTF-8', (path, maxBytes) => {
    for (const text of ['x', 'x'.repeat(maxBytes), '€'.repeat(Math.floor(maxBytes / 3))]) {
      const entry = withValueAt(fullPeer(), path, text);
      const { memory, base } = encoded(entry);
      expect(decodeEntry(memory, base)).toEqual(entry);
    }
    for (const bad of [
      '',
      'x'.repeat(maxBytes + 1),
      tooLong(maxBytes),
      'a\0b',
      'a\ud800',
      7,
      null,
    ]) {
      expect(refusal(withValueAt(fullPeer(), path, bad)).field).toBe(path);
    }
  });

  it('refuses every number out of its range, and what is no number', () => {
    for (const { path, field } of peerLayout.numbers) {
      const bad: unknown[] = [NaN, Infinity, -Infinity, '1', null, field.min - 1, 1n];
      if (field.max < Number.MAX_SAFE_INTEGER) bad.push(field.max + 0.001);
      if (field.integer) bad.push(field.min + 0.5, 2 ** 53);
      for (const value of bad) {
        expect(refusal(withValueAt(fullPeer(), path, value)).field, String(value)).toBe(path);
      }
      for (const value of [field.min, field.max]) encoded(withValueAt(fullPeer(), path, value));
    }
  });

  it('refuses what is not one of the words, not a flag, not a list, not an object', () => {
    const bad: readonly [path: string, value: unknown][] = [
      ['tier', 'tier9'],
      ['tier', undefined],
      ['discoveryMethod', 0],
      ['authenticated', 'true'],
      ['capabilities.supportsWeb4', undefined],
      ['endpoints', 'none'],
      ['endpoints', undefined],
      ['endpoints', { length: 0 }],
      ['links[0]', null],
      ['activeProtocols[0]', undefined],
      ['connectionMetrics', undefined],
      ['connectionMetrics', 5],
      ['location', null],
      ['dhtInfo', 'yes'],
      ['lastSeen', undefined],
      ['location.latitude', undefined],
    ];
    for (const [path, value] of bad) {
      expect(refusal(withValueAt(fullPeer(), path, value)).field).toBe(path);
    }
    for (const none of [undefined, null, 'peer', 5]) expect(refusal(none).field).toBe('peer');
  });

  it('takes full lists and no longer ones', () => {
    const { endpoints, links } = fullPeer();
    const lists: readonly [path: string, item: unknown, maxItems: number][] = [
      ['endpoints', endpoints[0], 64],
      ['activeProtocols', 'x', 64],
      ['capabilities.protocols', 'x', 64],
      ['links', links[0], 512],
    ];
    for (const [path, item, maxItems] of lists) {
      const full = withValueAt(fullPeer(), path, new Array<unknown>(maxItems).fill(item));
      const { memory, base } = encoded(full);
      expect(decodeEntry(memory, base)).toEqual(full);
      const more = withValueAt(fullPeer(), path, new Array<unknown>(maxItems + 1).fill(item));
      expect(refusal(more).field).toBe(path);
    }
  });

  it('is at most 64 KiB long: a larger one is refused within its headroom', () => {
    const link = { nodeId: 'n'.repeat(256), quality: 1, type: 't'.repeat(64) };
    const sized = (links: number, address: number) => ({
      ...fullPeer(),
      links: new Array(links).fill(link),
      endpoints: new Array(64).fill({ ...fullPeer().endpoints[0]!, address: 'a'.repeat(address) }),
    });
    let largest = 0;
    for (let address = 1; address <= 512; address += 1) {
      const memory = entryMemory(new ArrayBuffer(entryHeadroom));
      try {
        largest = Math.max(largest, peerEncoder.encode(sized(120, address), memory, 0));
      } catch (error) {
        expect((error as PeerValidationError).message).toContain(`at most ${maxEntryBytes} bytes`);
      }
    }
    expect(largest).toBeGreaterThan(maxEntryBytes - 100);
    expect(largest).toBeLessThanOrEqual(maxEntryBytes);
    const guarded = entryMemory(new ArrayBuffer(entryHeadroom + 64));
    guarded.u8.fill(0xa5);
    expect(() => peerEncoder.encode(sized(512, 512), guarded, 0)).toThrow(PeerValidationError);
    expect(guarded.u8.subarray(entryHeadroom).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('touches nothing before its place, and nothing behind the headroom, refused or not', () => {
    fc.assert(
      fc.property(anyPeer, fc.boolean(), (entry, spoil) => {
        const memory = entryMemory(new ArrayBuffer(entryHeadroom + 128));
        memory.u8.fill(0xa5);
        const given = spoil ? withValueAt(entry, 'trafficRouted', -1) : entry;
        try {
          peerEncoder.encode(given, memory, 64);
        } catch (error) {
          expect(spoil).toBe(true);
          expect((error as PeerValidationError).field).toBe('trafficRouted');
        }
        expect(memory.u8.subarray(0, 64).every((byte) => byte === 0xa5)).toBe(true);
        expect(memory.u8.subarray(64 + entryHeadroom).every((byte) => byte === 0xa5)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
