import type { LogRun } from '../log/log-run.js';
import { LogReader } from '../log/log-reader.js';
import { ReceivedRun } from '../log/received-run.js';
import { type RunOrigin, encodeRun } from '../log/run-format.js';
import { entryMemory } from '../peers/entry-layout.js';
import type { RegistryOptions } from '../config.js';
import type { EntryBlock, KeptState } from './registry-store.js';
import { demote, resign } from './demotion.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { type OpenedReplica, openReplica } from './open-replica.js';
import { type PromoteOptions, promote } from './promotion.js';
import { ReplicaError } from '../replica-errors.js';
import { Replication } from './replication.js';
import type { RunSource, SnapshotRequest, SourceHead, SourceSnapshot } from './run-source.js';
import { untilCommitted } from './until-committed.js';

/** A replica that shows its log and its state, as `OpenRegistry` does. */
export class OpenReplica extends OpenRegistry {
  replication: Replication;

  constructor(options: RegistryOptions, time: ManualClock, { life, source }: OpenedReplica) {
    super(options, time, life);
    const { actor, log, snapshots } = this;
    this.replication = new Replication({ source, actor, life, log, snapshots });
  }

  /** Makes one that follows. */
  static async of(
    source: RunSource,
    options: RegistryOptions = {},
    time = new ManualClock(),
  ): Promise<OpenReplica> {
    const opened = await openReplica(source, options);
    const replica = new OpenReplica(options, time, opened);
    await replica.replication.begin(opened.snapshot);
    return replica;
  }

  atLeast(seq: number): Promise<void> {
    const hopeless = () => (this.life.isReplica ? this.replication.hopeless() : undefined);
    return untilCommitted(this.log, seq, 10_000, hopeless);
  }

  promote(options?: PromoteOptions): Promise<void> {
    const { actor, life, log, config, snapshots, replication } = this;
    return promote({ actor, life, log, config, snapshots, replication }, options);
  }

  demote(source: RunSource): Promise<void> {
    const { actor, life, log, config, snapshots } = this;
    const follows = (replication: Replication): void => void (this.replication = replication);
    return demote({ actor, life, log, config, snapshots, follows }, source);
  }

  resign(): Promise<void> {
    const { actor, life } = this;
    return resign({ actor, life });
  }

  override async close(): Promise<void> {
    await this.replication.close();
    await super.close();
  }
}

/** What a primary has committed, transaction by transaction, to be cut into runs as a test likes. */
export class PrimaryRecord {
  /** The records of transaction `index + 1`. */
  readonly transactions: Buffer[] = [];
  readonly times: number[] = [];
  readonly #primary: OpenRegistry;
  readonly #reader: LogReader;

  /** @param primary - one that has committed nothing yet */
  constructor(primary: OpenRegistry) {
    this.#primary = primary;
    const from = primary.changeLog.writer.checkpoint();
    this.#reader = new LogReader(primary.changeLog.memory, { from });
  }

  get origin(): RunOrigin {
    return { id: this.#primary.id, epoch: this.#primary.epoch };
  }

  /** Takes what was committed since the last call. Returns the last seq. */
  take(): number {
    while (this.#reader.read() === 'events') {
      const run = new ReceivedRun(encodeRun(this.#reader.run, this.origin));
      for (const { start, end, time } of run.transactions(0)) {
        this.transactions.push(run.u8.subarray(start, end));
        this.times.push(time);
      }
      this.#reader.advance();
    }
    return this.transactions.length;
  }

  /** A run of the transactions from one to another. */
  run(firstSeq: number, lastSeq: number, origin: Partial<RunOrigin> = {}): Buffer {
    const payload = Buffer.concat(this.transactions.slice(firstSeq - 1, lastSeq));
    const memory = entryMemory(new ArrayBuffer(payload.length));
    memory.u8.set(payload);
    const transactions = lastSeq - firstSeq + 1;
    const run = { ...memory, length: payload.length, transactions, firstSeq, lastSeq };
    return encodeRun(run as unknown as LogRun, { ...this.origin, ...origin });
  }

  /** The primary's peers as they are. */
  async snapshot(): Promise<SourceSnapshot> {
    const { data, giveBack } = await this.#primary.snapshotTaker.take(() => true);
    const buffer = new ArrayBuffer(Math.max(8, data.buffer.byteLength));
    new Uint8Array(buffer).set(new Uint8Array(data.buffer));
    giveBack();
    const state: KeptState = {
      ...this.origin,
      lastSeq: data.point.seq,
      lastTime: data.point.time,
      peers: data.size,
    };
    return { state, entries: () => blocks([{ buffer, size: data.size }]) };
  }
}

/** A source that gives what a test pushes, in that order. */
export class ScriptedSource implements RunSource {
  snapshots: (() => Promise<SourceSnapshot>)[] = [];
  readonly asked: SnapshotRequest[] = [];
  head: SourceHead | undefined;
  isClosed = false;
  readonly #steps: (Uint8Array | Error | 'end')[] = [];
  #wake: () => void = () => undefined;

  constructor(...snapshots: (() => Promise<SourceSnapshot>)[]) {
    this.snapshots = snapshots;
  }

  push(...steps: (Uint8Array | Error | 'end')[]): void {
    this.#steps.push(...steps);
    this.#wake();
  }

  /** Gives a snapshot that is removed while it is read. */
  static removed(snapshot: SourceSnapshot): () => Promise<SourceSnapshot> {
    return () => Promise.resolve({ ...snapshot, entries: () => cutOff(snapshot.entries()) });
  }

  /** What is due is gone: `snapshot` is what there is in its place. */
  gap(snapshot: () => Promise<SourceSnapshot>): void {
    this.snapshots.push(snapshot);
    this.push(new ReplicaError('REPLICA_GAP', 'it is kept no more'));
  }

  snapshot(asked: SnapshotRequest): Promise<SourceSnapshot> {
    this.asked.push(asked);
    return this.snapshots.shift()!();
  }

  async *runs(): AsyncGenerator<Uint8Array> {
    while (!this.isClosed) {
      const step = this.#steps.shift();
      if (step === 'end') return;
      if (step instanceof Error) throw step;
      if (step === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else yield step;
    }
  }

  newest(): SourceHead | undefined {
    return this.head;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.#wake();
    await Promise.resolve();
  }
}

async function* cutOff(blocks: AsyncIterable<EntryBlock>): AsyncGenerator<EntryBlock> {
  for await (const { buffer, size } of blocks) {
    yield { buffer, size: size - 1 };
    throw new ReplicaError('REPLICA_GAP', 'it was removed');
  }
}

async function* blocks(given: readonly EntryBlock[]): AsyncGenerator<EntryBlock> {
  for (const block of given) yield await Promise.resolve(block);
}
