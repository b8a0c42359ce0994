import { usualMaxInputBytes } from '@panoptes/testkit/model';

/** How the files that a command names are read. */
export interface Reading {
  /** Whether a trace with an entry that cannot be taken is refused, instead of read without it. */
  readonly strict: boolean;
  /** Bytes that are read of one file, unpacked. */
  readonly maxInputBytes: number;
}

/** How files are read unless a command is told otherwise. */
export const usualReading: Reading = { strict: false, maxInputBytes: usualMaxInputBytes };

/** A line, or an entry of a JSON document, of more bytes than this is refused: it is held whole. */
export const longestPieceBytes = 2 ** 20;

/** Peers, and links, of one trace that are held in memory at once. */
export const mostPeersHeld = 2 ** 20;
export const mostLinksHeld = 2 ** 22;
