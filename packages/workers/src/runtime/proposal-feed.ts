import {
  AdaptiveSpin,
  type LogMemory,
  LogReader,
  type ProposalPoint,
  type Run,
} from '@panoptes/core/observer';

/** What one incarnation of a critical observer is asked about: proposals, as they come in their log. */
export class ProposalFeed {
  readonly #reader: LogReader;
  readonly #spin = new AdaptiveSpin();

  /** @param from - it is asked about every proposal after this point */
  constructor(proposals: LogMemory, from: ProposalPoint) {
    this.#reader = new LogReader(proposals, { from });
  }

  /** What the last `read` that returned 'events' found. */
  get run(): Run {
    return this.#reader.run;
  }

  /** Goes on from another point, also after `close`: it is not asked about what was proposed meanwhile. */
  seek(from: ProposalPoint): void {
    this.#reader.goOn();
    this.#reader.seek(from);
  }

  /** Looks for proposals. As in `LogReader.read`. */
  read(): 'events' | 'empty' | 'lapped' {
    return this.#reader.read();
  }

  /** Waits until there may be proposals, or outcomes of proposals in the change log. */
  async park(): Promise<void> {
    if (this.#spin.look(() => this.#reader.hasMore)) return;
    this.#spin.sleeps();
    await this.#reader.park();
    this.#spin.wakes();
  }

  /** A pending `park` returns. */
  close(): void {
    this.#reader.stop();
  }
}
