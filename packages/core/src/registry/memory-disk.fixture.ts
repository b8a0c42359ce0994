import { follow } from '../log/follower.js';
import { recordKind } from '../log/change-record.js';
import { RECORD_HEADER_BYTES, RecordOffset, UNIT_BYTES } from '../log/log-layout.js';
import { attachLogMemory } from '../log/log-memory.js';
import { LogReader } from '../log/log-reader.js';
import { ReceivedRun } from '../log/received-run.js';
import { encodeRun } from '../log/run-format.js';
import { nodeIdOf } from '../peers/identity-index.js';
import { StoreError } from '../store-error.js';
import { nextTurn } from '../turns.js';
import type {
  EntryBlock,
  KeptState,
  OpenedStore,
  RegistryStore,
  StoreFigures,
  StoreLine,
  StoreStart,
} from './registry-store.js';

/** What a store would have on disk: it outlives registries, and knows of nothing but what was flushed. */
export class MemoryDisk implements RegistryStore {
  readonly entries = new Map<string, Buffer>();
  readonly runs: Buffer[] = [];
  kept: KeptState = { id: '', epoch: 0, lastSeq: 0, lastTime: 0, peers: 0 };
  /** What a flush takes; tests put what is slow, stuck or failing here. */
  flush: () => Promise<void> = nextTurn;
  /** How many there were. */
  flushes = 0;
  /** Entries in each block. */
  blockSize = 100;
  isOpen = false;
  /** What was asked of `follow` last. */
  line: StoreLine | undefined;

  async open({ id }: StoreStart): Promise<OpenedStore> {
    await nextTurn();
    if (this.isOpen) throw new StoreError('STORE_LOCKED', 'somebody writes here');
    this.isOpen = true;
    const { kept } = this;
    this.kept = { ...kept, id: kept.epoch === 0 ? id : kept.id, epoch: kept.epoch + 1 };
    return new MemoryStore(this);
  }

  /** Makes flushes wait until `release` is called. */
  hold(): () => void {
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    this.flush = () => released;
    return () => {
      this.flush = nextTurn;
      release();
    };
  }

  /** The process is killed: what was not flushed is lost, and so is the lock. */
  crash(): void {
    this.flush = () => new Promise(() => undefined);
    this.isOpen = false;
  }

  /** Takes a run that was flushed. */
  write(bytes: Buffer): void {
    const run = new ReceivedRun(bytes);
    for (let at = 0; at < run.length; at += run.u32[at >>> 2]! * UNIT_BYTES) {
      const base = at + RECORD_HEADER_BYTES;
      const nodeId = nodeIdOf(run, base);
      if (run.u8[at + RecordOffset.kind] === recordKind.removed) this.entries.delete(nodeId);
      else
        this.entries.set(nodeId, Buffer.from(run.u8.subarray(base, base + run.u32[base >>> 2]!)));
      const lastTime = run.f64[(at + RecordOffset.time) >>> 3]!;
      this.kept = { ...this.kept, lastTime };
    }
    this.runs.push(bytes);
    this.kept = { ...this.kept, lastSeq: run.head.lastSeq, peers: this.entries.size };
  }
}

/** A store on this very thread. */
class MemoryStore implements OpenedStore {
  readonly kept: KeptState;
  readonly failed: Promise<StoreError>;
  readonly #disk: MemoryDisk;
  readonly #flush: () => Promise<void>;
  #fail!: (error: StoreError) => void;
  #following: Promise<unknown> = Promise.resolve();
  #stop: () => void = () => undefined;
  #error: unknown;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
    this.kept = disk.kept;
    this.#flush = () => disk.flush();
    this.failed = new Promise((resolve) => (this.#fail = resolve));
  }

  async *entries(): AsyncIterable<EntryBlock> {
    const all = [...this.#disk.entries.values()];
    for (let from = 0; from < all.length; from += this.#disk.blockSize) {
      await nextTurn();
      const block = all.slice(from, from + this.#disk.blockSize);
      const bytes = Buffer.concat(block);
      const buffer = new ArrayBuffer(bytes.length);
      Buffer.from(buffer).set(bytes);
      yield { buffer, size: block.length };
    }
  }

  follow(line: StoreLine): void {
    this.#disk.line = line;
    const reader = new LogReader(attachLogMemory(line.log), { from: line.from, line: line.line });
    const { id, epoch } = this.kept;
    this.#stop = () => reader.stop();
    let gathered: Buffer[] = [];
    const flush = async (): Promise<void> => {
      const runs = gathered;
      gathered = [];
      await this.#flush();
      this.#disk.flushes++;
      for (const run of runs) this.#disk.write(run);
      reader.advance();
    };
    this.#following = follow(reader, {
      take: (run) => {
        gathered.push(encodeRun(run, { id, epoch }));
        return gathered.length < 4 ? undefined : flush();
      },
      caughtUp: () => (gathered.length > 0 ? flush() : undefined),
    })
      .then(() => {
        while (reader.read() === 'events') gathered.push(encodeRun(reader.run, { id, epoch }));
        return gathered.length > 0 ? flush() : undefined;
      })
      .catch((cause: unknown) => {
        const full = new StoreError('STORE_FULL', 'there is no room left', { cause });
        this.#error = cause instanceof StoreError ? cause : full;
        this.#fail(this.#error as StoreError);
      });
  }

  figures(): StoreFigures {
    const bytesOnDisk = [...this.#disk.entries.values()].reduce(
      (sum, { length }) => sum + length,
      0,
    );
    return { syncP50Ms: 1, syncP99Ms: 2, bytesOnDisk, historyFrom: NaN };
  }

  async *history(from: number): AsyncIterable<Uint8Array> {
    await nextTurn();
    const runs = this.#disk.runs.filter((bytes) => new ReceivedRun(bytes).head.lastSeq >= from);
    const first = runs[0] && new ReceivedRun(runs[0]).head.firstSeq;
    if (from <= this.#disk.kept.lastSeq && (first === undefined || first > from)) {
      throw new StoreError('STORE_HISTORY_GONE', `transaction ${from} is not kept any more`);
    }
    yield* runs;
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#following;
    this.#disk.isOpen = false;
  }
}
