import { systemClock } from '../clock.js';
import type { Figures } from '../figure.js';
import type { logFigures } from '../figures.js';
import { inNextTurn } from '../turns.js';
import { Doorbell } from './doorbell.js';
import { LogCounters } from './log-counters.js';
import { type LogMemory, type LogMemoryOptions, createLogMemory } from './log-memory.js';
import { type LastTransaction, LogWriter } from './log-writer.js';
import { ReaderProgress } from './progress.js';
import { ReaderLines } from './reader-lines.js';

/** The change log as the registry's thread holds it: the memory and everything that serves it there. */
export class ChangeLog {
  readonly memory: LogMemory;
  readonly lines: ReaderLines;
  readonly writer: LogWriter;
  readonly doorbell: Doorbell;
  readonly progress: ReaderProgress;
  readonly counters = new LogCounters();

  /**
   * @param before - the transaction before its first, if there was one
   * @throws {ConfigError} when a size is not one the log can have
   */
  constructor(options: LogMemoryOptions, before?: LastTransaction) {
    this.memory = createLogMemory(options);
    this.lines = new ReaderLines(this.memory);
    this.writer = new LogWriter(this.memory, this.lines, before);
    this.progress = new ReaderProgress(this.memory);
    this.doorbell = new Doorbell(this.memory, {
      clock: systemClock,
      schedule: inNextTurn,
    });
  }

  /** How much was written, and how much of that is kept; how often and how long it was held back. */
  stats(): Figures<typeof logFigures> {
    const { lastSeq, writtenBytes } = this.writer;
    const { waits, waitedMs, passed } = this.counters;
    const capacityBytes = this.memory.u8.length;
    return { lastSeq, capacityBytes, writtenBytes, waits, waitedMs, passed };
  }

  /** Ends the log: readers go on to its end, and callers on this thread no longer wait for them. */
  close(): void {
    this.writer.close();
    this.doorbell.ring();
    this.progress.close();
  }

  /** The reader furthest behind of those that may be passed, if one holds the writer back. */
  slowestGating(): number | undefined {
    let slowest: number | undefined;
    let behind = -1;
    for (let index = 0; index < this.memory.readers; index++) {
      if (!this.lines.isPassable(index)) continue;
      const bytes = this.lines.bytesBehind(index);
      if (bytes > behind && bytes <= this.memory.u8.length) {
        slowest = index;
        behind = bytes;
      }
    }
    return slowest;
  }
}
