import {
  type EntryBlock,
  ReplicaError,
  type RunSource,
  type SnapshotRequest,
  type SourceHead,
  type SourceSnapshot,
  StoreError,
  isA,
  parseOptions,
  systemClock,
} from '@panoptes/core';
import { z } from 'zod';
import { RunHistory } from './run-history.js';
import { followedRuns } from './run-follower.js';
import { RunStream } from './run-stream.js';
import { type ServerConnection, connectToServers } from './server-connection.js';
import { SnapshotBucket } from './snapshot-bucket.js';
import { startBlocks } from './start-blocks.js';
import { StreamHead } from './stream-head.js';
import { streamNames } from './stream-names.js';
import { streamProblem } from './stream-problem.js';
import {
  type StreamServerOptions,
  serverOptions,
  streamServerOptions,
} from './stream-server-options.js';
import { StreamStart, checkFields } from './stream-start.js';

/**
 * The stream of a registry as the source of a replica: `createReplica({ source: streamSource({ servers, name }) })`
 * has the peers of the primary that writes there, and every change after that, in the same order with the same
 * seqs. It goes on by itself when its server was gone. Nothing is opened before a replica asks; one source is
 * for one replica.
 *
 * @throws {ConfigError} naming the first bad option
 */
export function streamSource(options: StreamServerOptions): RunSource {
  const { name, ...server } = parseOptions(optionsSchema, options, 'the options of streamSource');
  return new StreamSource(name, () =>
    connectToServers(serverOptions(server), `panoptes replica of ${name}`),
  );
}

const optionsSchema = z.strictObject(streamServerOptions);

class StreamSource implements RunSource {
  readonly #name: string;
  readonly #connect: () => Promise<ServerConnection>;
  #opened: Promise<OpenedStream> | undefined;
  #head: StreamHead | undefined;
  /** Where the last snapshot ends: its last transaction, and behind which message that is. */
  #begins: { readonly seq: number; readonly place: number } | undefined;
  readonly #closing = new AbortController();

  constructor(name: string, connect: () => Promise<ServerConnection>) {
    this.#name = name;
    this.#connect = connect;
  }

  async snapshot({ fields, since }: SnapshotRequest): Promise<SourceSnapshot> {
    for (;;) {
      try {
        return await this.#snapshot(fields);
      } catch (error) {
        // Who begins is told at once that there is no server; who goes on waits for it.
        if (since === 0) throw streamProblem(this.#name, 'cannot be read', error);
        this.#closing.signal.throwIfAborted();
        await this.#wait(error, 'cannot be read', this.#closing.signal);
      }
    }
  }

  runs(after: number): AsyncIterable<Uint8Array> {
    return {
      [Symbol.asyncIterator]: () => {
        const leaving = new AbortController();
        const steps = this.#runs(after, AbortSignal.any([leaving.signal, this.#closing.signal]));
        return {
          next: () => steps.next(),
          return: async () => {
            leaving.abort();
            return steps.return(undefined);
          },
        };
      },
    };
  }

  newest(): SourceHead | undefined {
    return this.#head?.look();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.server.connection.close();
  }

  async *#runs(after: number, leaving: AbortSignal): AsyncGenerator<Uint8Array> {
    let lastSeq = after;
    while (!leaving.aborted) {
      try {
        const { stream } = await this.#open();
        const from = { after: lastSeq, place: await this.#placeOf(lastSeq, stream) };
        for await (const { bytes, head } of followedRuns(stream, from, leaving)) {
          ({ lastSeq } = head);
          yield bytes;
        }
        await this.#pause(leaving);
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
    const problem = streamProblem(this.#name, doing, cause);
    if (!isA(problem, StoreError) || problem.code !== 'STORE_UNAVAILABLE') throw problem;
    await this.#pause(leaving);
  }

  /** Rests before the next try, unless nothing more is wanted. */
  #pause(leaving: AbortSignal): Promise<void> {
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

  async #snapshot(fields: string): Promise<SourceSnapshot> {
    const { stream, server } = await this.#open();
    // A replica makes nothing on the servers: how often it is kept there is the primary's to say.
    await stream.ends();
    const bucket = await SnapshotBucket.existing(server, stream.names.snapshots);
    const [snapshot] = await bucket.list();
    checkFields(snapshot, fields);
    const start = new StreamStart(stream, snapshot);
    await start.readOn();
    const { changed, origin, place } = start;
    if (origin === undefined) {
      throw new ReplicaError(
        'REPLICA_SOURCE',
        `stream ${stream.names.stream} is empty: no primary has begun there yet; start one first`,
      );
    }
    const { lastSeq, lastTime, peers } = changed;
    this.#begins = { seq: lastSeq, place };
    return {
      state: { ...origin, lastSeq, lastTime, peers },
      entries: async function* (): AsyncGenerator<EntryBlock> {
        for await (const blocks of startBlocks(bucket, snapshot, start)) {
          for (let block = blocks.next(); block !== undefined; block = blocks.next()) yield block;
        }
      },
    };
  }

  /** Behind which message the transaction after `after` is, or will be. */
  async #placeOf(after: number, stream: RunStream): Promise<number> {
    if (this.#begins?.seq === after) return this.#begins.place;
    const { last } = await stream.ends();
    return (await new RunHistory(stream, () => last).find(after + 1, last)) ?? last;
  }

  async #open(): Promise<OpenedStream> {
    this.#closing.signal.throwIfAborted();
    const opening = (this.#opened ??= this.#connected());
    const opened = await opening;
    // It was closed from outside, as when what lets it in was taken back.
    if (!opened.server.connection.isClosed()) return opened;
    if (this.#opened === opening) this.#opened = undefined;
    return this.#open();
  }

  async #connected(): Promise<OpenedStream> {
    try {
      const server = await this.#connect();
      const stream = new RunStream(server, streamNames(this.#name));
      this.#head = new StreamHead(stream);
      return { server, stream };
    } catch (error) {
      this.#opened = undefined;
      throw streamProblem(this.#name, 'cannot be opened', error);
    }
  }
}

/** A stream that can be read. */
interface OpenedStream {
  readonly server: ServerConnection;
  readonly stream: RunStream;
}

/** Between two tries to reach a server that is gone. */
const retryEveryMs = 250;
