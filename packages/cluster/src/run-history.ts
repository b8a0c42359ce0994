import { type KeptRun, StoreError } from '@panoptes/core/follower';
import { type AssembledRun, RunAssembler } from './run-assembler.js';
import type { RunMessage } from './run-headers.js';
import type { PlacedMessage, RunStream } from './run-stream.js';

/** Finds the runs of a stream by the transactions in them. */
export class RunHistory {
  readonly #stream: RunStream;
  readonly #last: () => number;
  /** Behind which message a run is whose first transaction is due next, by that; the newest last. */
  readonly #places = new Map<number, number>();

  /** @param last - the place of the last message that may be read */
  constructor(stream: RunStream, last: () => number) {
    this.#stream = stream;
    this.#last = last;
  }

  /**
   * The run that holds a transaction, in the run format.
   *
   * @returns undefined when that is still to come
   * @throws {StoreError} `STORE_HISTORY_GONE` when it is not kept any more
   */
  async run(seq: number): Promise<KeptRun | undefined> {
    const last = this.#last();
    const place = this.#places.get(seq) ?? (await this.find(seq, last));
    const run = place === undefined ? undefined : await this.#read(place + 1, seq, last);
    if (run === undefined) return undefined;
    this.#places.delete(seq);
    this.#places.set(run.head.lastSeq + 1, run.place);
    if (this.#places.size > remembered) this.#places.delete(this.#places.keys().next().value!);
    return { bytes: new Uint8Array(run.bytes), lastSeq: run.head.lastSeq };
  }

  /**
   * The place before the first message of the run that holds a transaction, or of the first later one, by halves.
   *
   * @returns undefined when none is there yet
   */
  async find(seq: number, last: number): Promise<number | undefined> {
    const { first } = await this.#stream.ends();
    let low = first;
    let high = last + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await this.#stream.message(middle);
      if (found !== undefined && reaches(found, seq)) high = middle;
      else low = middle + 1;
    }
    return low > last ? undefined : low - 1;
  }

  async #read(from: number, seq: number, last: number): Promise<AssembledRun | undefined> {
    const assembler = new RunAssembler({ place: from - 1, epoch: 0 });
    for (let place = from; place <= last; place++) {
      const found = await this.#stream.message(place);
      if (found === undefined) throw gone(seq);
      if (isPart(found) && assembler.isBetween) {
        if (found.message.firstSeq > seq || found.message.part > 1) throw gone(seq);
      }
      const run = assembler.take(found);
      if (run !== undefined && run.head.lastSeq >= seq) return run;
    }
    return undefined;
  }
}

const reaches = ({ message }: PlacedMessage, seq: number): boolean => message.lastSeq >= seq;
const isPart = (found: PlacedMessage): found is PlacedMessage & { message: RunMessage } =>
  found.message.kind === 'run';

const gone = (seq: number): StoreError =>
  new StoreError('STORE_HISTORY_GONE', `transaction ${seq} is not in the stream any more`);

/** As many readers may go on without a search. */
const remembered = 256;
