import { crc32 } from 'node:zlib';

/**
 * What a store keeps, and how. Its folder holds
 *
 * - `peers.mdb`: the state, a file of lmdb; `peers.mdb-lock` is lmdb's own.
 * - `writer.lock`: who writes there.
 * - `unfinished.mdb`, for a moment: a new state that is renamed when it is whole.
 * - `room.probe`, for a moment: whether a write failed because the disk is full.
 *
 * Of the trees in `peers.mdb`
 *
 * - `state` has one entry, `state`: which state of which registry this is, as below.
 * - `peers` has an entry for each peer: the key is its node id in UTF-8, the value a CRC-32 of that and of
 *   the encoded entry, then the entry.
 * - `runs` has the last runs of the log, in the run format: the key is a run's first seq, 8 bytes, big end
 *   first.
 * - `spaces` has what observers have stored, as space-layout.ts says. Version 1 had no such tree.
 *
 * ```
 *   state  0      4         8             40        76     80       88        96         104     112
 *   ┌──────┬─────────┬─────────────┬─────────────┬─────┬───────┬─────────┬──────────┬───────┬───────┐
 *   │ crc  │ version │ fields hash │ registry id │ -   │ epoch │ lastSeq │ lastTime │ peers │ sum   │
 *   │ u32  │ u32     │ 32 letters  │ 36 letters  │     │ f64   │ f64     │ f64      │ f64   │ f64   │
 *   └──────┴─────────┴─────────────┴─────────────┴─────┴───────┴─────────┴──────────┴───────┴───────┘
 *          120        128         136      144
 *          ┌──────────┬───────────┬────────┬──────────┐   crc: of all that follows it. sum: of the peers'
 *          │ runBytes │ runsFrom  │ spaces │ spaceSum │   CRCs, modulo 2^48. runBytes, runsFrom: of what
 *          └──────────┴───────────┴────────┴──────────┘   `runs` has; 0 when it has nothing. spaces: how
 *                                                         many there are; spaceSum: of their heads' CRCs.
 *                                                         Version 1 ends before these two.
 * ```
 */
export const storeFiles = {
  data: 'peers.mdb',
  lock: 'writer.lock',
  unfinished: 'unfinished.mdb',
  probe: 'room.probe',
} as const;

/** How lmdb is to take keys and values. */
export const asBytes = { encoding: 'binary', keyEncoding: 'binary' } as const;

export const treeNames = {
  state: 'state',
  peers: 'peers',
  runs: 'runs',
  spaces: 'spaces',
} as const;
export const stateKey = Buffer.from('state');

/** Counts incompatible changes of this layout. */
export const storeVersion = 2;
/** The first that this release reads; it becomes the newest when a registry opens it. */
export const oldestVersion = 1;

/** Which state of which registry a store holds. */
export interface StoredState {
  readonly version: number;
  readonly fields: string;
  readonly id: string;
  readonly epoch: number;
  readonly lastSeq: number;
  readonly lastTime: number;
  readonly peers: number;
  readonly sum: number;
  readonly runBytes: number;
  readonly runsFrom: number;
  readonly spaces: number;
  readonly spaceSum: number;
}

/** Of each version that this release reads. */
const stateBytes: Readonly<Record<number, number>> = { 1: 136, [storeVersion]: 152 };
const numbers = [
  ...(['epoch', 'lastSeq', 'lastTime', 'peers', 'sum', 'runBytes', 'runsFrom'] as const),
  ...(['spaces', 'spaceSum'] as const),
] as const;
const textAt = { fields: [8, 40], id: [40, 76] } as const;
const numbersAt = 80;

/** In the newest version, unless it is of one that this release does not know. */
export function encodeState(state: StoredState): Buffer {
  const bytes = Buffer.alloc(stateBytes[storeVersion]!);
  bytes.writeUInt32LE(Math.max(state.version, storeVersion), 4);
  bytes.write(state.fields, textAt.fields[0], 'latin1');
  bytes.write(state.id, textAt.id[0], 'latin1');
  numbers.forEach((name, index) => bytes.writeDoubleLE(state[name], numbersAt + 8 * index));
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** The state in a value; undefined when it is none, or damaged. */
export function decodeState(bytes: Buffer): StoredState | undefined {
  if (bytes.length < 8) return undefined;
  const version = bytes.readUInt32LE(4);
  if (crc32(bytes.subarray(4)) !== bytes.readUInt32LE(0)) return undefined;
  const due = stateBytes[version];
  if (due === undefined) return { ...blank, version };
  if (bytes.length !== due) return undefined;
  const text = ([from, to]: readonly [number, number]): string =>
    bytes.toString('latin1', from, to).replace(/\0+$/, '');
  const told = numbers
    .slice(0, (due - numbersAt) / 8)
    .map((name, at) => [name, bytes.readDoubleLE(numbersAt + 8 * at)] as const);
  return {
    ...blank,
    ...Object.fromEntries(told),
    version,
    fields: text(textAt.fields),
    id: text(textAt.id),
  };
}

const blank: StoredState = {
  version: storeVersion,
  fields: '',
  id: '',
  epoch: 0,
  lastSeq: 0,
  lastTime: 0,
  peers: 0,
  sum: 0,
  runBytes: 0,
  runsFrom: 0,
  spaces: 0,
  spaceSum: 0,
};

/** The state of a store in which nothing was kept yet. */
export const firstState = (id: string, fields: string): StoredState => ({ ...blank, id, fields });

/** Bytes before the entry in a peer's value. */
export const entryAt = 4;

/** The CRC in a peer's value. */
export const crcOf = (value: Buffer): number => value.readUInt32LE(0);

/** Whether a peer's key and value are whole. */
export const isWhole = (key: Buffer, value: Buffer): boolean =>
  value.length > entryAt && crcOfPeer(key, value.subarray(entryAt)) === crcOf(value);

/** What is to stand before the entry in a peer's value. */
export const crcOfPeer = (key: Buffer, entry: Buffer): number => crc32(entry, crc32(key));

/** The sum with one CRC more. */
export const withCrc = (sum: number, crc: number): number => (sum + crc) % sumModulus;

/** The sum with one CRC less. */
export const withoutCrc = (sum: number, crc: number): number =>
  (sum + sumModulus - crc) % sumModulus;

/** So that sums are exact. */
const sumModulus = 2 ** 48;

export function runKey(seq: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(seq));
  return key;
}

export const seqIn = (key: Buffer): number => Number(key.readBigUInt64BE(0));
