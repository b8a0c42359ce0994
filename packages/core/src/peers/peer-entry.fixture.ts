import fc from 'fast-check';
import { type EntryMemory, entryHeadroom, entryMemory } from './entry-layout.js';
import { peerEncoder } from './entry-encoder.js';
import type { Field, FieldTable } from './field-kinds.js';
import { peerFields } from './fields.js';
import { type PeerEntry, type PeerInput, createPeer } from './peer-entry.js';

const encoder = new TextEncoder();

/** The longest start of a text that takes at most so many bytes. */
function cut(text: string, maxBytes: number): string {
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept;
}

const anyCharacter = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 127 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      0x80,
      0xe4,
      0xdf,
      0x416,
      0x7ff,
      0x20ac,
      0x4e2d,
      0xffff,
      0x1f99a,
      0x10ffff,
    ),
  },
);

function anyText(minBytes: number, maxBytes: number): fc.Arbitrary<string> {
  const characters = fc.array(anyCharacter, { minLength: minBytes, maxLength: 40 });
  const short = characters.map((points) => cut(String.fromCodePoint(...points), maxBytes));
  return fc.oneof(
    { weight: 12, arbitrary: short },
    { weight: 1, arbitrary: fc.constant('m'.repeat(maxBytes)) },
  );
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Values that a field of the table may have, made from the table itself. */
function anyValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'number':
      return field.integer
        ? fc.oneof(fc.nat(3), fc.integer({ min: field.min, max: field.max }))
        : fc.oneof(
            fc.constantFrom(field.min, field.max, Math.max(-0, field.min)),
            fc.double({ min: field.min, max: field.max, noNaN: true }),
          );
    case 'flag':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...field.words);
    case 'text':
      return anyText(field.minBytes, field.maxBytes);
    case 'hex':
      return fc
        .oneof(
          { weight: 8, arbitrary: fc.uint8Array({ minLength: field.minBytes, maxLength: 80 }) },
          { weight: 1, arbitrary: fc.uint8Array({ minLength: 2592, maxLength: 2592 }) },
        )
        .map(hexOf);
    case 'list': {
      const item: fc.Arbitrary<unknown> = anyValue(field.item);
      return fc.array(item, { maxLength: 3 });
    }
    case 'record':
      return anyRecord(field.fields);
    case 'optional':
      return fc.option(anyValue(field.field), { nil: undefined });
  }
}

const anyRecord = (fields: FieldTable): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .record(Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, anyValue(f)])))
    .map((values) =>
      Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    );

/** Any valid entry; its DID is any text, which the registry alone checks. */
export const anyPeer = anyRecord(peerFields) as fc.Arbitrary<PeerEntry>;

/** An entry as it is read back: -0 is 0, and what is undefined is absent. */
export function asRead<T>(value: T): T {
  if (typeof value === 'number') return (value + 0) as T;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(asRead) as T;
  const present = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(present.map(([name, inner]) => [name, asRead(inner as unknown)])) as T;
}

/** A valid entry whose identity follows from a number. */
export function peerNumbered(
  number: number,
  more: Omit<PeerInput, 'peerId'> = {},
  identity: Partial<PeerInput['peerId']> = {},
): PeerEntry {
  const hex = number.toString(16).padStart(16, '0');
  const peerId = { nodeId: `peer-${number}`, publicKey: hex, did: `did:zhtp:${hex}`, ...identity };
  const times = { firstSeen: 1, lastSeen: 1, connectionMetrics: { connectedAt: 1 } };
  return createPeer({ ...times, ...more, peerId });
}

/**
 * An entry in memory of its own, at a base that is not 0.
 *
 * @param now - gives the time for one that is not whole
 */
export function encoded(
  entry: unknown,
  now?: () => number,
): { memory: EntryMemory; base: number; bytes: Buffer } {
  const memory = entryMemory(new ArrayBuffer(entryHeadroom + 64));
  memory.u8.fill(0xa5);
  const length = peerEncoder.encode(entry, memory, 64, now);
  return { memory, base: 64, bytes: memory.u8.subarray(64, 64 + length) };
}

/** A copy of an entry with another value at a path such as `endpoints[0].address`. */
export function withValueAt(entry: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(entry);
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop()!;
  let owner = copy as Record<string, unknown>;
  for (const key of keys) owner = owner[key] as Record<string, unknown>;
  owner[last] = value;
  return copy;
}

/** An entry in which everything optional is present and no list is empty. */
export const fullPeer = (): PeerEntry =>
  peerNumbered(7, {
    endpoints: [{ address: '192.0.2.1:4000', protocol: 'quic', signalStrength: 0.5, latencyMs: 3 }],
    activeProtocols: ['quic', 'ble'],
    nextHop: 'peer-8',
    capabilities: {
      nodeType: 'full',
      apiEndpoint: 'https://example.org',
      protocolVersion: '1.2',
      protocols: ['sync'],
      energyLevel: 0.25,
    },
    location: { latitude: 53.1, longitude: 8.8, region: 'Bremen' },
    links: [{ nodeId: 'peer-9', quality: 0.75, type: 'wifi' }],
    dhtInfo: { kademliaDistance: 250, bucketIndex: 3, lastContact: 5, failedAttempts: 1 },
  });
