import type { EntryBlock, KeptState, SnapshotRequest, SourceHead } from '@panoptes/core';
import { type Asynchronous, StoreError, isA, systemClock } from '@panoptes/core/follower';
import { followedRuns } from './run-follower.js';
import { RunHistory } from './run-history.js';
import { RunStream } from './run-stream.js';
import { type ServerConnection, connectToServers } from './server-connection.js';
import { SnapshotBucket } from './snapshot-bucket.js';
import { StartEntries } from './start-entries.js';
import { streamNames } from './stream-names.js';
import { isMissing, streamProblem } from './stream-problem.js';
import { StreamStart, checkFields } from './stream-start.js';
import type { OpenSourceRequest, SourceCalls } from './thread-messages.js';

/** A stream as the source of a replica, on its own thread: what the replica's thread calls. */
export class SourceThread implements Asynchronous<SourceCalls> {
  #request!: OpenSourceRequest;
  #opened: Promise<OpenedStream> | undefined;
  /** Where the last snapshot ends: its last transaction, and behind which message that is. */
  #begins: { readonly seq: number; readonly place: number } | undefined;
  #entries: StartEntries | undefined;
  #runs: AsyncGenerator<Uint8Array> | undefined;
  #leaving = new AbortController();
  readonly #closing = new AbortController();

  // eslint-disable-next-line @typescript-eslint/require-await -- as all its calls
  async open(request: OpenSourceRequest): Promise<void> {
    this.#request = request;
  }

  async snapshot({ fields, since }: SnapshotRequest): Promise<KeptState> {
    for (;;) {
      try {
        return await this.#snapshot(fields);
      } catch (error) {
        if (isGone(error)) continue;
        // Who begins is told at once that there is no server; who goes on waits for it.
        if (since === 0) throw this.#problem('cannot be read', error);
        this.#closing.signal.throwIfAborted();
        await this.#wait(error, 'cannot be read', this.#closing.signal);
      }
    }
  }

  async entries(taken: ArrayBuffer | undefined): Promise<EntryBlock | undefined> {
    try {
      return await this.#entries!.next(taken);
    } catch (error) {
      throw this.#problem('cannot be read', error);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as all its calls
  async follow(after: number): Promise<void> {
    this.#entries = undefined;
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#runs = this.#follow(after, AbortSignal.any([this.#leaving.signal, this.#closing.signal]));
  }

  async run(): Promise<Uint8Array | undefined> {
    const step = await this.#runs!.next();
    // Memory of its own, which is handed over.
    return step.done === true ? undefined : new Uint8Array(step.value);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as all its calls
  async leave(): Promise<void> {
    this.#leaving.abort();
  }

  async head(): Promise<SourceHead | undefined> {
    return (await this.#opened)?.stream.head();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.server.connection.close();
  }

  async *#follow(after: number, leaving: AbortSignal): AsyncGenerator<Uint8Array> {
    let lastSeq = after;
    while (!leaving.aborted) {
      try {
        const { stream } = await this.#open();
        const from = { after: lastSeq, place: await this.#placeOf(lastSeq, stream) };
        for await (const { bytes, head } of followedRuns(stream, from, leaving)) {
          ({ lastSeq } = head);
          yield bytes;
        }
        await pause(leaving);
      } catch (error) {
        await this.#wait(error, 'cannot be followed', leaving);
      }
    }
  }

  /**
   * Waits a moment for a server that is gone, which may come back.
   *
   * @throws {PanoptesError} when it was anything else
   */
  async #wait(cause: unknown, doing: string, leaving: AbortSignal): Promise<void> {
    // What a connection that is closed throws is no news.
    if (leaving.aborted) return;
    const problem = this.#problem(doing, cause);
    if (!isA(problem, StoreError) || problem.code !== 'STORE_UNAVAILABLE') throw problem;
    await pause(leaving);
  }

  async #snapshot(fields: string): Promise<KeptState> {
    const { stream, server } = await this.#open();
    // A replica makes nothing on the servers: how often it is kept there is the primary's to say.
    await stream.ends().catch((error: unknown) => {
      throw isMissing(error) ? nothingThere(stream.names.stream, 'is not there') : error;
    });
    const bucket = await SnapshotBucket.existing(server, stream.names.snapshots);
    const [snapshot] = await bucket.list();
    checkFields(snapshot, fields);
    const start = new StreamStart(stream, snapshot);
    await start.readOn().catch(async (error: unknown) => {
      const [newest] = await bucket.list();
      // The stream may have been cut behind a newer one meanwhile.
      if (newest === undefined || newest.name === snapshot?.name) throw error;
      throw replaced(newest.name, error);
    });
    const { changed, origin, place } = start;
    if (origin === undefined) {
      throw nothingThere(stream.names.stream, 'is empty');
    }
    const { lastSeq, lastTime, peers } = changed;
    this.#begins = { seq: lastSeq, place };
    this.#entries = new StartEntries(bucket, snapshot, changed);
    return { ...origin, lastSeq, lastTime, peers };
  }

  /** Behind which message the transaction after `after` is, or will be. */
  async #placeOf(after: number, stream: RunStream): Promise<number> {
    if (this.#begins?.seq === after) return this.#begins.place;
    const { last } = await stream.ends();
    return (await new RunHistory(stream, () => last).find(after + 1, last)) ?? last;
  }

  async #open(): Promise<OpenedStream> {
    this.#closing.signal.throwIfAborted();
    return (this.#opened ??= this.#connected());
  }

  async #connected(): Promise<OpenedStream> {
    const { name, server: options } = this.#request;
    try {
      const server = await connectToServers(options, `panoptes replica of ${name}`);
      return { server, stream: new RunStream(server, streamNames(name)) };
    } catch (error) {
      this.#opened = undefined;
      throw this.#problem('cannot be opened', error);
    }
  }

  #problem(doing: string, cause: unknown): Error {
    return streamProblem(this.#request.name, doing, cause);
  }
}

const nothingThere = (stream: string, how: string): StoreError =>
  new StoreError(
    'STORE_UNAVAILABLE',
    `stream ${stream} ${how}: no primary has begun there yet; start one first`,
  );

/** A stream that can be read. */
interface OpenedStream {
  readonly server: ServerConnection;
  readonly stream: RunStream;
}

const isGone = (error: unknown): boolean =>
  isA(error, StoreError) && error.code === 'STORE_HISTORY_GONE';

const replaced = (name: string, cause: unknown): StoreError =>
  new StoreError(
    'STORE_HISTORY_GONE',
    `snapshot ${name} has taken the place of the one that was read`,
    { cause },
  );

/** Rests before the next try, unless nothing more is wanted. */
function pause(leaving: AbortSignal): Promise<void> {
  if (leaving.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      leaving.removeEventListener('abort', done);
      resolve();
    };
    const cancel = systemClock.after(retryEveryMs, done);
    leaving.addEventListener('abort', done);
  });
}

/** Between two tries to reach a server that is gone. */
const retryEveryMs = 250;
