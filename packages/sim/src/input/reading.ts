/** How the files that a command names are read. */
export interface Reading {
  /** Whether a trace with an entry that cannot be taken is refused, instead of read without it. */
  readonly strict: boolean;
  /** Bytes that are read of one file, unpacked. */
  readonly maxInputBytes: number;
}

/** How files are read unless a command is told otherwise. */
export const usualReading: Reading = { strict: false, maxInputBytes: 2 ** 30 };

/** A line, or an entry of a JSON document, of more bytes than this is refused: it is held whole. */
export const longestPieceBytes = 2 ** 20;

/** What is said of a file that has more than is read. */
export const tooMuchInput = (mostBytes: number): string =>
  `expected at most ${mostBytes} bytes, got more`;

/** How to read more of a file of which no more than that was read. */
export const howToReadMore = 'read more with --max-input';

/** Peers, and links, of one trace that are held in memory at once. */
export const mostPeersHeld = 2 ** 20;
export const mostLinksHeld = 2 ** 22;
