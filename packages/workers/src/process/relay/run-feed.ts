import type { FollowEnd, ProposalPoint, SnapshotData, VotingMemory } from '@panoptes/core/observer';
import {
  type LogMemory,
  type LogPoint,
  ReaderLine,
  ReaderState,
  ReceivedRun,
  RunReader,
  type SharedRun,
  type SharedRuns,
  follow,
} from '@panoptes/core/follower';
import type { StatePosition } from '../../runtime/state-position.js';
import { DataKind, maxPieceBytes } from '../frames.js';
import type { DataFeed } from './data-feed.js';
import { VoteRelay, type VoteRelayDeps } from './vote-relay.js';

/**
 * Follows the log for an observer in another process: hands it snapshots and runs, and writes what the
 * registry sees of it as the observer says how far it has come. The reader's own line is private.
 */
export class RunFeed {
  readonly #log: LogMemory;
  readonly #changes: SharedRuns;
  readonly #feed: DataFeed;
  readonly #votes: VoteRelay | undefined;
  /** Up to where the observer's state has come. */
  readonly #position: StatePosition;
  #reader: RunReader | undefined;
  #line: ReaderLine | undefined;
  #isPausing = false;
  #isParked = false;
  #isClosed = false;

  constructor({ log, changes, feed, voting, position, ...deps }: RunFeedDeps) {
    this.#log = log;
    this.#changes = changes;
    this.#feed = feed;
    this.#position = position;
    this.#votes = voting && new VoteRelay(voting, { feed, ...deps });
  }

  /** Has the observer read a snapshot; it follows from there. */
  async load({ buffer, size, bytes, point }: SnapshotData, line: number): Promise<void> {
    const feed = this.#feed;
    const head = Buffer.alloc(32);
    [point.seq, point.time, size, bytes].forEach((value, at) => head.writeDoubleLE(value, 8 * at));
    const handled = new Promise<void>((done) => {
      feed.expect({ kind: DataKind.snapshot, first: point.seq, last: point.seq, done });
    });
    await feed.piece(DataKind.snapshot, head);
    for (let at = 0; at < bytes && !feed.isClosed; at += maxPieceBytes) {
      // A copy: its memory is shared, and the pipe keeps what it cannot write at once.
      const piece = Buffer.from(new Uint8Array(buffer, at, Math.min(maxPieceBytes, bytes - at)));
      await feed.piece(DataKind.entries, piece);
    }
    await this.#unlessFailed(handled);
    this.#reach(point.seq);
    this.resume(point, line);
  }

  /** Has it handle a run that was kept. */
  async replay(run: Uint8Array): Promise<void> {
    // The store is believed no more than the log is by whoever reads it in this process.
    const { firstSeq: first, lastSeq: last } = new ReceivedRun(run).head;
    const handled = new Promise<void>((done) => {
      void this.#feed.send({ kind: DataKind.run, first, last, done }, run);
    });
    await this.#unlessFailed(handled);
    this.#reach(last);
    this.turn();
  }

  /** Puts it at a point, up to which it has handled everything. */
  resume(from: LogPoint, line: number): void {
    // Ended meanwhile, its line may soon be another's.
    if (this.#isClosed) return;
    this.#reader ??= new RunReader(this.#log, from, this.#changes);
    this.#reader.seek(from);
    this.#line ??= new ReaderLine(this.#log, line);
    this.#line.place(from);
  }

  /** Has it follow the log, until that ends, it pauses or stops, or the writer has overtaken it. */
  async follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    this.#isPausing = false;
    this.#position.goOn();
    return this.#unlessFailed(this.#follow(proposals));
  }

  /** Reads nothing more; `follow` resolves when what was sent is handled. */
  pause(): void {
    this.#isPausing = true;
    this.#reader?.stop();
    this.#line?.state(ReaderState.stopped);
    this.#votes?.close();
  }

  /** Its process gives a sign. */
  turn(): void {
    this.#line?.heartbeat();
  }

  /** Votes that it sends. Throws when it breaks the rules. */
  vote(payload: Buffer): void {
    if (this.#votes === undefined) throw new Error('votes, where it has none');
    this.#votes.cast(payload);
    this.turn();
  }

  /** Nothing more is read or written: its line may soon be another's. */
  close(): void {
    this.#isClosed = true;
    this.pause();
    this.#line = undefined;
  }

  async #follow(from?: ProposalPoint): Promise<FollowEnd> {
    const reader = this.#reader;
    if (reader === undefined) throw new Error('the observer has no snapshot to go on from');
    reader.goOn();
    this.#line?.state(ReaderState.following);
    const votes = from === undefined ? undefined : this.#votes;
    if (from !== undefined) votes?.sit(from);
    const end = await follow(reader, {
      take: (run) => this.#take(run, reader),
      ...(votes !== undefined && { look: () => votes.look(), caughtUp: () => votes.ask() }),
      park: () => this.#park(() => votes?.park() ?? reader.park()),
    });
    await this.#feed.settled();
    if (end === 'lapped') this.#line?.state(ReaderState.lapped);
    if (end !== 'ended' || !this.#isPausing) return end;
    // Who still waits when it is closed hears of its end.
    if (!this.#isClosed) this.#position.rest();
    return 'paused';
  }

  #take(run: SharedRun, reader: RunReader): Promise<void> | undefined {
    const { firstSeq: first, lastSeq: last, bytes } = run;
    const done = (): void => {
      this.#line?.advance(last);
      this.#reach(last);
      if (this.#isParked) this.#showParked();
    };
    const written = this.#feed.send({ kind: DataKind.run, first, last, done }, bytes);
    // The copy is all that is needed: the writer may have the space.
    this.#line?.move(reader.position);
    const room = this.#feed.room();
    return written === undefined || room === undefined
      ? (written ?? room)
      : written.then(() => room);
  }

  #reach(seq: number): void {
    this.#position.enter(seq);
    this.#position.tell();
  }

  async #park(park: () => Promise<void>): Promise<void> {
    this.#isParked = true;
    this.#showParked();
    await park();
    this.#isParked = false;
    this.#line?.park(false);
  }

  /** It waits for something to read when it has handled everything. */
  #showParked(): void {
    if (this.#feed.isIdle) this.#line?.park(true);
  }

  async #unlessFailed<T>(work: Promise<T>): Promise<T> {
    try {
      return await this.#feed.guard(work);
    } catch (error) {
      this.#reader?.stop();
      this.#votes?.close();
      throw error;
    }
  }
}

/** What a feed of runs depends on. */
export interface RunFeedDeps extends VoteRelayDeps {
  readonly log: LogMemory;
  /** Of that log. */
  readonly changes: SharedRuns;
  readonly position: StatePosition;
  /** A critical observer's only. */
  readonly voting: VotingMemory | undefined;
}
