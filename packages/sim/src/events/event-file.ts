import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import type { EventBatch } from '@panoptes/core/observer';
import { cellsOf, type EventCell } from './event-columns.js';
import type { EventFormat } from './event-format.js';
import { ParquetRows } from './parquet-rows.js';
import type { RowWriter, Write } from './row-writer.js';
import { TextRows } from './text-rows.js';

/**
 * The file that events are written into, on the thread of the observer that follows them. What keeps
 * it from being whole is kept, and nothing is written from then on: nobody else is to suffer from a
 * full disk.
 */
export class EventFile {
  readonly #fd: number;
  readonly #rows: RowWriter;
  readonly #cells: EventCell[] = [];
  #written = 0;
  /** Of the last transaction taken. */
  #seq = 0;
  #problem: string | undefined;
  #isClosed = false;

  /** @param options - what `EventOutput` registers it with */
  constructor({ file, format }: EventFileOptions) {
    this.#fd = openSync(file, ownFile);
    this.#rows = rowWriters[format]((bytes) => this.#write(bytes));
  }

  /** Notes from where it follows the log: what came before is in no file. */
  begin(seq: number): void {
    if (seq > 0) this.#problem ??= `the changes up to transaction ${seq} were missed`;
  }

  take(batch: EventBatch): void {
    if (this.#isOver) return;
    this.#trying(() => {
      for (const event of batch) {
        if (event.kind !== 'BatchUpdate') {
          this.#rows.row(cellsOf(event, 0, this.#cells));
          this.#written++;
          continue;
        }
        for (const [index, change] of event.changes.entries()) {
          this.#rows.row(cellsOf(change, index, this.#cells));
          this.#written++;
        }
      }
      this.#rows.flush();
      this.#seq = batch.lastSeq;
    });
  }

  /**
   * Writes the end, and closes it. May be called again.
   *
   * @param lastSeq - the last transaction that is to be in it, where that is known
   */
  close(lastSeq = this.#seq): EventFileOutcome {
    if (this.#seq < lastSeq) {
      this.#problem ??= `the changes after transaction ${this.#seq} were missed`;
    }
    if (!this.#isClosed) {
      if (!this.#isOver) this.#trying(() => this.#rows.end());
      this.#isClosed = true;
      this.#trying(() => closeSync(this.#fd));
    }
    return { rows: this.#written, problem: this.#problem };
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#problem !== undefined;
  }

  #write(bytes: string | Uint8Array): void {
    const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    for (let at = 0; at < all.length;) at += writeSync(this.#fd, all, at);
  }

  /** Errors of the system end the file; others are bugs, and end the incarnation. */
  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      const { errno } = error as NodeJS.ErrnoException;
      if (typeof errno !== 'number') throw error;
      this.#problem ??= getSystemErrorName(errno);
    }
  }
}

/** Whoever put a link there meanwhile does not have its target overwritten. */
const ownFile =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);

const rowWriters: Readonly<Record<EventFormat, (write: Write) => RowWriter>> = {
  ndjson: (write) => TextRows.ndjson(write),
  csv: (write) => TextRows.csv(write),
  parquet: (write) => new ParquetRows(write),
};

/** Where and how events are written. */
export interface EventFileOptions {
  readonly file: string;
  readonly format: EventFormat;
}

/** What has become of the file. */
export interface EventFileOutcome {
  /** Rows that it has, the head apart. */
  readonly rows: number;
  /** What keeps it from being whole. */
  readonly problem: string | undefined;
}
