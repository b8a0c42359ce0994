import { ECDH } from 'node:crypto';
import {
  createNodeId,
  defaultCrypto,
  ENR,
  getV4Crypto,
  setV4Crypto,
  type V4Crypto,
} from '@chainsafe/enr';
import type { PeerInput } from '@panoptes/core';

/** What a node record says of its node. */
export interface NodeRecord {
  /** keccak-256 of the public key, 64 hex characters: ties the record to its key. */
  readonly nodeId: string;
  /** Compressed secp256k1 key, 66 hex characters. */
  readonly publicKey: string;
  /** Its version; undefined for one that is only a URL. */
  readonly seq: number | undefined;
  readonly endpoints: readonly { readonly address: string; readonly protocol: string }[];
  /** Names of the application protocols it announces, such as `eth`. */
  readonly protocols: readonly string[];
}

/**
 * Decodes without checking signatures, and computes node ids natively. A signature check takes
 * 4 ms, the rest 0.1 ms. It would prove that the recorded node signed its own address; a trace is
 * played, not dialled, and its key is held by the node id, which is always computed from it.
 */
const recordedCrypto: V4Crypto = {
  ...defaultCrypto,
  verify: () => true,
  nodeId(publicKey) {
    const point = ECDH.convertKey(publicKey, 'secp256k1', undefined, undefined, 'uncompressed');
    return createNodeId(defaultCrypto.hash((point as Buffer).subarray(1)));
  },
};

/** Keys of a record that say who and where the node is; every other key is a protocol. */
const addressKeys = new Set([
  'id',
  'secp256k1',
  'ip',
  'ip6',
  'tcp',
  'tcp6',
  'udp',
  'udp6',
  'quic',
  'quic6',
]);

/**
 * Decodes an Ethereum node record (EIP-778) in its text form, `enr:…`.
 *
 * @throws {Error} when the text is no such record
 */
export function decodeNodeRecord(text: string): NodeRecord {
  const record = withRecordedCrypto(() => ENR.decodeTxt(text));
  const endpoints: { address: string; protocol: string }[] = [];
  for (const protocol of ['udp', 'tcp', 'quic'] as const) {
    const port = portOf(record, protocol);
    if (record.ip !== undefined && port !== undefined) {
      endpoints.push({ address: `${record.ip}:${port}`, protocol });
    }
    const port6 = portOf(record, `${protocol}6`);
    if (record.ip6 !== undefined && port6 !== undefined) {
      endpoints.push({ address: `[${record.ip6}]:${port6}`, protocol: `${protocol}6` });
    }
  }
  return {
    nodeId: record.nodeId,
    publicKey: Buffer.from(record.publicKey).toString('hex'),
    seq: Number(record.seq),
    endpoints,
    protocols: [...record.kvs.keys()].filter((key) => !addressKeys.has(key)),
  };
}

/** A number without leading zeros, as RLP has it: ports below 256 are one byte. */
function portOf(record: ENR, key: string): number | undefined {
  const bytes = record.kvs.get(key);
  if (bytes === undefined) return undefined;
  if (bytes.length > 2)
    throw new Error(`${key}: expected a port of two bytes, got ${bytes.length}`);
  return bytes.reduce((port, byte) => 256 * port + byte, 0);
}

/** The library keeps its cryptography in one global place: it is put back at once. */
function withRecordedCrypto<T>(decode: () => T): T {
  const before = getV4Crypto();
  setV4Crypto(recordedCrypto);
  try {
    return decode();
  } finally {
    setV4Crypto(before);
  }
}

/** The endpoints of a record as a peer entry has them. */
export const endpointsOf = ({ endpoints }: NodeRecord): NonNullable<PeerInput['endpoints']> =>
  endpoints.map(({ address, protocol }) => ({
    address,
    protocol,
    signalStrength: 1,
    latencyMs: 0,
  }));
