import type { EntryBlock, KeptState, StoreLine } from '@panoptes/core';
import {
  type Asynchronous,
  type KeptRun,
  type SnapshotData,
  StoreError,
  SyncFigures,
  systemClock,
} from '@panoptes/core/follower';
import { LogPublisher } from './log-publisher.js';
import { PrimaryLease } from './primary-lease.js';
import { RunAppender, type SentMessage } from './run-appender.js';
import { RunHistory } from './run-history.js';
import { RunStream } from './run-stream.js';
import { type ServerConnection, connectToServers, eachReconnect } from './server-connection.js';
import { SnapshotBucket } from './snapshot-bucket.js';
import { SnapshotSchedule } from './snapshot-schedule.js';
import { StartEntries } from './start-entries.js';
import { type StartedEpoch, StreamStart, checkFields } from './stream-start.js';
import { streamNames } from './stream-names.js';
import { isElecting, streamProblem } from './stream-problem.js';
import type { OpenStreamRequest, StreamCalls } from './thread-messages.js';

/** A stream at work as a registry's store, on its own thread: what the registry's thread calls. */
export class StreamThread implements Asynchronous<StreamCalls> {
  readonly #events: StreamEvents;
  #request!: OpenStreamRequest;
  #server: ServerConnection | undefined;
  #lease: PrimaryLease | undefined;
  #stream!: RunStream;
  #figures!: SyncFigures;
  #schedule!: SnapshotSchedule;
  #epoch!: StartedEpoch;
  #entries: StartEntries | undefined;
  #appender: RunAppender | undefined;
  #publisher: LogPublisher | undefined;
  #following: Promise<void> | undefined;
  #history: RunHistory | undefined;
  /** Of the last message of which nothing is unfinished. */
  #lastPlace = 0;
  #failure: Error | undefined;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  async open(request: OpenStreamRequest): Promise<KeptState> {
    this.#request = request;
    this.#figures = new SyncFigures(request.figures);
    for (let left = openingTries; ; left--) {
      try {
        return await this.#open(request);
      } catch (error) {
        const isPassing = this.#server !== undefined && isElecting(error);
        await this.#end();
        if (!isPassing || left === 1) throw streamProblem(request.name, 'cannot be opened', error);
      }
    }
  }

  async entries(taken: ArrayBuffer | undefined): Promise<EntryBlock | undefined> {
    try {
      return await this.#entries!.next(taken);
    } catch (error) {
      throw streamProblem(this.#request.name, 'cannot be read', error);
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
  async follow(line: StoreLine): Promise<void> {
    const { maxOutstandingBytes: outstandingBytes } = this.#request;
    this.#entries = undefined;
    const { place } = this.#epoch;
    this.#lastPlace = place;
    const appender = new RunAppender(
      this.#stream,
      place,
      { outstandingBytes, outstandingMessages },
      (sent) => this.#arrived(sent),
    );
    this.#appender = appender;
    this.#history = new RunHistory(this.#stream, () => this.#lastPlace);
    const publisher = new LogPublisher(line, appender, this.#epoch, this.#partBytes);
    this.#publisher = publisher;
    void appender.failed.then((error) => this.#fail(error));
    void eachReconnect(this.#server!, () => appender.check());
    this.#lease!.keep(this.#epoch.epoch, () => appender.check());
    this.#following = publisher.run().catch((error: unknown) => this.#fail(error));
    this.#schedule.begin(appender, this.#epoch, (from) => this.#events.wantsSnapshot(from));
  }

  async run(seq: number): Promise<KeptRun | undefined> {
    try {
      return await this.#history!.run(seq);
    } catch (error) {
      throw streamProblem(this.#request.name, 'cannot be read', error);
    }
  }

  snapshot(data: SnapshotData): Promise<void> {
    return this.#schedule.take(data);
  }

  async close(): Promise<void> {
    this.#publisher?.stop();
    await this.#drain();
    await this.#end();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #open({
    server,
    name,
    replicas,
    member,
    leaseMs,
    ...request
  }: OpenStreamRequest): Promise<KeptState> {
    const names = streamNames(name);
    this.#server = await connectToServers(server, `panoptes primary of ${name}`);
    this.#stream = new RunStream(this.#server, names);
    await this.#stream.make(replicas);
    const place = { server: this.#server, bucket: names.lease, replicas, member, leaseMs };
    this.#lease = await PrimaryLease.open(place);
    await this.#lease.take();
    const bucket = await SnapshotBucket.open(this.#server, names.snapshots, replicas);
    const [snapshot] = await bucket.list();
    checkFields(snapshot, request.fields);
    const start = new StreamStart(this.#stream, snapshot);
    this.#epoch = await start.begin({ id: request.id, member, fields: request.fields });
    this.#schedule = new SnapshotSchedule({
      stream: this.#stream,
      bucket,
      fields: request.fields,
      everyBytes: request.snapshotEveryBytes,
      last: snapshot,
      bytes: start.bytes,
      figures: this.#figures,
      clock: systemClock,
      failed: (error) =>
        this.#events.met(streamProblem(this.#request.name, 'has no newer snapshot', error)),
    });
    await this.#schedule.measure();
    this.#entries = new StartEntries(bucket, snapshot, start.changed);
    const { id, epoch } = this.#epoch;
    const { lastSeq, lastTime, peers } = start.changed;
    return { id, epoch, lastSeq, lastTime, peers };
  }

  #arrived({ message, data, place, at }: SentMessage): void {
    this.#schedule.count(data.length);
    if (message.kind !== 'run' || message.part < message.parts) return;
    this.#lastPlace = place;
    this.#publisher!.advance(message.lastSeq);
    this.#schedule.arrived(message.lastSeq, place);
    this.#figures.count(systemClock.monotonic() - at);
  }

  #fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = streamProblem(this.#request.name, 'cannot be written', cause);
    this.#appender?.stop(this.#failure);
    this.#publisher?.stop();
    this.#events.failed(this.#failure);
  }

  /** Waits until the stream has all, as long as it gets on. */
  async #drain(): Promise<void> {
    let isOver = false;
    const over = this.#following?.then(() => (isOver = true));
    for (let place = -1; over !== undefined && !isOver;) {
      if (place === this.#appender!.place) {
        this.#appender!.stop(
          new StoreError(
            'STORE_UNAVAILABLE',
            `stream '${this.#request.name}' has taken nothing more for ${closeMs} ms, while the registry was closed: ` +
              'its server is gone, or too slow',
          ),
        );
        await over;
        return;
      }
      place = this.#appender!.place;
      let cancel!: () => void;
      const due = new Promise<void>((resolve) => (cancel = systemClock.after(closeMs, resolve)));
      await Promise.race([over, due]);
      cancel();
    }
  }

  async #end(): Promise<void> {
    this.#schedule?.end();
    // Whoever waits for the lease takes it when it has run out.
    await this.#lease?.release().catch(() => undefined);
    await this.#server?.connection.close();
    this.#server = undefined;
  }

  /** How much a message may hold. */
  get #partBytes(): number {
    const most = this.#server!.connection.info?.max_payload ?? usualPartBytes;
    return Math.min(usualPartBytes, most - headerBytes);
  }
}

/** What it tells unasked. */
export interface StreamEvents {
  /** It cannot follow the log any more. */
  readonly failed: (error: Error) => void;
  /** Something went wrong that keeps it from nothing, and is tried again. */
  readonly met: (problem: Error) => void;
  /** A snapshot is due, as of this transaction or a later one. */
  readonly wantsSnapshot: (from: number) => void;
}

/** A server takes messages of a MiB unless it was told otherwise; these leave it room to do other things. */
const usualPartBytes = 256 * 1024;
/** More than the headers of a message take. */
const headerBytes = 4_096;
/** Few: while they are under way the next are gathered. */
const outstandingMessages = 64;
/** Servers that elect who leads answer nothing for some seconds. */
const openingTries = 4;
/** How long closing waits for a stream that takes nothing. */
const closeMs = 5_000;
