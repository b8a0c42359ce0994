import { type RunOrigin, StoreError } from '@panoptes/core/follower';
import { ChangedPeers } from './changed-peers.js';
import { type AssembledRun, RunAssembler } from './run-assembler.js';
import { type EpochMessage, expectedLastSequence, headersOf } from './run-headers.js';
import { readMessages } from './run-reader.js';
import type { RunStream } from './run-stream.js';
import type { StoredSnapshot } from './snapshot-bucket.js';
import { isOvertaken } from './stream-problem.js';

/**
 * The state that a stream holds, put together of a snapshot and the runs behind it, up to the end; and the
 * beginning of an epoch there.
 */
export class StreamStart {
  readonly #stream: RunStream;
  readonly #snapshot: StoredSnapshot | undefined;
  readonly #assembler: RunAssembler;
  /** What runs have made of the snapshot's peers. */
  readonly changed: ChangedPeers;
  /** Bytes of runs that were read. */
  bytes = 0;
  #read: number;

  /** @param snapshot - to begin with; undefined when there is none, and the stream is whole */
  constructor(stream: RunStream, snapshot: StoredSnapshot | undefined) {
    this.#stream = stream;
    this.#snapshot = snapshot;
    this.#assembler = new RunAssembler(snapshot);
    this.changed = new ChangedPeers(snapshot ?? { lastSeq: 0, lastTime: 0, peers: 0 });
    this.#read = snapshot?.place ?? 0;
  }

  /** Whose it is, as of the last message that was read. */
  get origin(): RunOrigin | undefined {
    const { id, epoch } = this.#assembler;
    return id === undefined ? undefined : { id, epoch };
  }

  /** The last message that was read of which nothing is unfinished. */
  get place(): number {
    return this.#assembler.place;
  }

  /**
   * Reads the stream to its end.
   *
   * @throws {StoreError} when it is not what registries have written
   */
  async readOn(): Promise<void> {
    const { last } = await this.#stream.ends();
    await this.#checkSnapshot();
    if (last < this.#read) {
      throw new StoreError(
        'STORE_CORRUPT',
        `the stream ends at message ${last}, where a snapshot or a message of it says that there was message ` +
          `${this.#read}: it was made anew, or its server has lost some`,
      );
    }
    for await (const message of readMessages(this.#stream, this.#read + 1, last)) {
      const run = this.#assembler.take(message);
      if (run !== undefined) this.#take(run);
      this.bytes += message.data.length;
      this.#read = message.place;
    }
  }

  /**
   * Begins the next epoch behind all that there is, which is read.
   *
   * @param registry - its id, if nothing is kept yet, and the fields of its entries
   * @throws {StoreError} `STORE_LOCKED` when others begin epochs all the time
   */
  async begin(registry: StartedRegistry): Promise<StartedEpoch> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      await this.readOn();
      const begun = await this.#append(registry);
      if (begun !== undefined) return begun;
    }
    throw new StoreError(
      'STORE_LOCKED',
      `others have written to stream ${this.#stream.names.stream} whenever this member wanted to begin`,
    );
  }

  /** A snapshot is believed if the stream, where it has what the snapshot goes on from, says the same. */
  async #checkSnapshot(): Promise<void> {
    if (this.#snapshot === undefined || this.#read > this.#snapshot.place) return;
    const { name, id, epoch, place, lastSeq } = this.#snapshot;
    const found = await this.#stream.message(place);
    if (found === undefined) return;
    const { message } = found;
    if (message.id === id && message.epoch === epoch && message.lastSeq <= lastSeq) return;
    throw new StoreError(
      'STORE_CORRUPT',
      `snapshot ${name} in the bucket says that message ${place} of the stream is of registry ${id}, epoch ${epoch}, ` +
        `up to transaction ${lastSeq}, and that is of ${message.id}, epoch ${message.epoch}, up to ` +
        `${message.lastSeq}; remove it, and an earlier one is taken`,
    );
  }

  #take({ bytes, head, place }: AssembledRun): void {
    const { lastSeq } = this.changed;
    if (head.firstSeq > lastSeq + 1) {
      throw new StoreError(
        'STORE_CORRUPT',
        `message ${place} of the stream begins with transaction ${head.firstSeq}, where ${lastSeq + 1} was due: ` +
          'it was cut, and no snapshot has what was there',
      );
    }
    this.changed.take(bytes);
  }

  async #append({ id, member, fields }: StartedRegistry): Promise<StartedEpoch | undefined> {
    const message: EpochMessage = {
      kind: 'epoch',
      id: this.#assembler.id ?? id,
      epoch: this.#assembler.epoch + 1,
      lastSeq: this.changed.lastSeq,
      member,
      fields,
    };
    const headers = headersOf(message);
    headers.set(expectedLastSequence, `${this.#read}`);
    const { client } = this.#stream.server;
    let place: number;
    try {
      ({ seq: place } = await client.publish(this.#stream.names.subject, undefined, { headers }));
    } catch (error) {
      if (isOvertaken(error)) return undefined;
      throw error;
    }
    const begun = { id: message.id, epoch: message.epoch, lastSeq: message.lastSeq, place };
    return place === this.#read + 1 ? begun : undefined;
  }
}

/** For which registry an epoch is begun, and by whom. */
export interface StartedRegistry {
  readonly id: string;
  readonly member: string;
  readonly fields: string;
}

/** An epoch that has begun. */
export interface StartedEpoch {
  readonly id: string;
  readonly epoch: number;
  /** The last transaction before it. */
  readonly lastSeq: number;
  /** Of its first message. */
  readonly place: number;
}

const attempts = 20;

/** @throws {StoreError} when the entries of a snapshot have other fields than those that are read here */
export function checkFields(snapshot: StoredSnapshot | undefined, fields: string): void {
  if (snapshot === undefined || snapshot.fields === fields) return;
  throw new StoreError(
    'STORE_FIELDS',
    `its peers have other fields (${snapshot.fields}) than those of this release (${fields}): open it with the ` +
      'release that wrote it',
  );
}
