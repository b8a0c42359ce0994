import { peerFields } from '@panoptes/core/observer';
import type { HistoryRecord, SeenChange } from '../checkers/history.js';

/*
 * The bytes of a recorded log, little-endian; told in docs/RECORDED-LOG.md.
 *
 *   file    "PANOPLOG"  u32 length  u32 CRC-32  header as JSON      then blocks, to the end
 *   block   a head of 32 bytes                  payload             one write each, by anyone
 *
 *   0        4        8        12        16           20       24           32
 *   ├─ mark ─┼ length ┼ CRC-32 ┼ observer ┼ incarnation ┼ number ┼ time (f64) ┼─ payload ─
 *
 * A block stands for itself: names are numbered within it. The CRC is of all after it. The payload
 * is a row of records, each a kind and its fields; whole numbers are LEB128.
 */

export const fileMagic = 'PANOPLOG';
export const recordedLogVersion = 2;
/** Magic, length and CRC before the header's JSON. */
export const filePrefixBytes = 16;
/** The longest header. */
export const mostHeaderBytes = 1 << 20;

export const blockMark = 0x4b4c4250;
export const blockHeadBytes = 32;
/** Offsets in a block's head. */
export const BlockOffset = {
  mark: 0,
  length: 4,
  crc: 8,
  observer: 12,
  incarnation: 16,
  number: 20,
  at: 24,
} as const;
/** In place of an incarnation: the block is of what the run did to the observer between two. */
export const noIncarnation = 0;
/** In place of an observer: the block says how the run ended, as JSON. */
export const runItself = 0xffff_ffff;
/** In place of an observer: the block says that the registry's next life begins, as JSON. */
export const nextLife = 0xffff_fffe;

/** A block is written when it has reached this length, between two records. */
export const blockBytes = 1 << 16;
/** One record may make a block longer, up to this. */
export const mostBlockBytes = 1 << 26;

export const recordKinds = [
  'start',
  'snapshot',
  'peer',
  'snapshot-end',
  'event',
  'progress',
  'digest',
  'end',
  'revival',
  'resume',
] as const satisfies readonly HistoryRecord['kind'][];

export const changeKinds = [
  'PeerAdded',
  'PeerUpdated',
  'PeerRemoved',
] as const satisfies readonly SeenChange['kind'][];

export const removalReasons = ['requested', 'expired', 'evicted'] as const;

/** In a change's first byte: below it the kind, above it the reason of a removal. */
export const REASON_SHIFT = 2;
/** Set in a change's first byte when a seq of its own follows. */
export const FOREIGN_SEQ = 0x10;

/** Bytes of a stamp; a mark has one more, with its traits. */
export const stampBytes = 6;
/** The traits in a mark's last byte, above the tier. */
export const METHOD_SHIFT = 3;
export const AUTHENTICATED = 0x40;
export const QUANTUM_SECURE = 0x80;
/** The ways of discovery, in the order of their numbers. */
export const discoveryMethods = peerFields.discoveryMethod.words;
/** Longest name of a peer, and longest digest, in bytes. */
export const mostTextBytes = 4_096;
