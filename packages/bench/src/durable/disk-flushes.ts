import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { systemClock } from '@panoptes/core';
import type { Entrant } from '../contest.js';
import { awaitedMetric } from './commit-entrants.js';
import { StorePlace } from './store-place.js';

/**
 * What the disk does without a store: a page is written over, and flushed, one after another. No store
 * can acknowledge single changes faster.
 */
export class DiskFlushes {
  readonly entrant: Entrant;
  readonly #place: StorePlace;
  readonly #file: number;

  /**
   * @param peers - of the registry beside which it stands
   * @param count - how many are measured
   */
  constructor(dir: string, peers: number, count: Entrant['count']) {
    this.#place = new StorePlace(dir);
    this.#file = openSync(this.#place.newPath(), 'w');
    // Pages that are there already: a file that grows is flushed with more than what was written.
    writeSync(this.#file, Buffer.alloc(pages * pageBytes, 1));
    fdatasyncSync(this.#file);
    this.entrant = {
      system: 'fdatasync',
      observers: 0,
      peers,
      metrics: [awaitedMetric],
      count,
      note: `a page of ${pageBytes} bytes written and flushed each time, on ${this.#place.fileSystem}`,
      run: (flushes) => Promise.resolve(this.#run(flushes)),
    };
  }

  #run(flushes: number): { elapsedMs: number; values: number[] } {
    const page = Buffer.alloc(pageBytes);
    const start = systemClock.monotonic();
    for (let done = 0; done < flushes; done++) {
      page.writeUInt32LE(done);
      writeSync(this.#file, page, 0, pageBytes, (done % pages) * pageBytes);
      fdatasyncSync(this.#file);
    }
    const elapsedMs = systemClock.monotonic() - start;
    return { elapsedMs, values: [(flushes * 1000) / elapsedMs] };
  }

  close(): Promise<void> {
    closeSync(this.#file);
    return this.#place.close();
  }
}

const pageBytes = 4_096;
const pages = 256;
