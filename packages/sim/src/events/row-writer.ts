import type { EventCell } from './event-columns.js';

/** Makes bytes of rows, in one of the formats. */
export interface RowWriter {
  row(cells: readonly EventCell[]): void;
  /** Writes what makes sense without what comes later. */
  flush(): void;
  /** Writes all that is left, and the end. */
  end(): void;
}

/** Where bytes go. */
export type Write = (bytes: string | Uint8Array) => void;
