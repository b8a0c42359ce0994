import { statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '@panoptes/core/follower';
import type { Database, RootDatabase } from 'lmdb';
import type { ChangeBatch } from './change-batch.js';
import { openLmdb } from './lmdb-environment.js';
import { SpaceTree, type SpaceWrite } from './space-tree.js';
import {
  type StoredState,
  asBytes,
  crcOf,
  crcOfPeer,
  decodeState,
  encodeState,
  entryAt,
  runKey,
  seqIn,
  stateKey,
  storeFiles,
  storeVersion,
  treeNames,
  withCrc,
  withoutCrc,
} from './store-layout.js';

/**
 * A store's file as its one writer has it, by lmdb. What it does is on disk when it returns. To be opened
 * when its pages were looked through, for lmdb believes them.
 */
export class StoreDatabase {
  readonly #path: string;
  readonly #limits: StoreLimits;
  readonly #environment: RootDatabase<Buffer, Buffer>;
  readonly #states: Tree;
  readonly #peers: Tree;
  readonly #runs: Tree;
  /** What observers have stored; changed by `write` and `changeSpaces` alone. */
  readonly spaces: SpaceTree;
  readonly #identity: string;
  /** What is kept, as of the last transaction. */
  #state: StoredState;
  /** For values of peers. */
  #scratch = Buffer.alloc(64 * 1024);

  /**
   * Opens the file, and begins a new epoch there.
   *
   * @param path - the store's folder
   * @param before - what was found there when its pages were looked through
   * @throws {StoreError} `STORE_LOCKED` when it has changed since, `STORE_FULL` when it is larger than it
   * may be
   * @throws what lmdb says
   */
  constructor(path: string, before: StoredState, limits: StoreLimits) {
    this.#path = path;
    this.#limits = limits;
    const file = join(path, storeFiles.data);
    this.#environment = openLmdb(file, {
      mapSize: limits.mapSizeBytes,
      maxDbs: 8,
      // A transaction is on disk when it ends, whole or not at all.
      overlappingSync: false,
      cache: false,
      ...asBytes,
    });
    try {
      this.#checkSize();
      const treeOf = (name: string): Tree => this.#environment.openDB(name, asBytes);
      this.#states = treeOf(treeNames.state);
      this.#peers = treeOf(treeNames.peers);
      this.#runs = treeOf(treeNames.runs);
      this.spaces = new SpaceTree(treeOf(treeNames.spaces));
      this.#identity = identityOf(file) ?? '';
      this.#state = this.#begin(before);
    } catch (error) {
      void this.#environment.close();
      throw error;
    }
  }

  /** What is kept, as of the last transaction. */
  get state(): StoredState {
    return this.#state;
  }

  /** Bytes of the file. */
  get fileBytes(): number {
    const { lastPageNumber, pageSize } = this.#environment.getStats() as LmdbStats;
    return (lastPageNumber + 1) * pageSize;
  }

  /**
   * Writes all of a batch and of what observers have stored, or nothing.
   *
   * @param spaces - none of them is as of a later transaction than the batch, or what is kept
   * @throws {StoreError} `STORE_FULL`, `STORE_LOCKED` when another has become the writer meanwhile, or
   * `STORE_UNAVAILABLE` when the file is no longer in its place
   * @throws what lmdb says
   */
  write(batch: ChangeBatch, spaces: readonly SpaceWrite[] = []): void {
    this.changeSpaces((before) => {
      const after = batch.bytes > 0 ? this.#putPeers(batch, this.#putRuns(batch, before)) : before;
      return spaces.reduce((state, write) => this.spaces.apply(write, state), after);
    });
  }

  /** Changes spaces in a transaction; throws as `write`. */
  changeSpaces(change: (before: StoredState) => StoredState): void {
    this.#checkSize();
    this.#state = this.#transaction(() => {
      this.#checkEpoch(this.#state.epoch);
      return change(this.#state);
    });
    // What was written into a file that has no name any more is gone with this process.
    if (identityOf(join(this.#path, storeFiles.data)) !== this.#identity) throw this.#removed();
  }

  /**
   * A copy of the run that holds a transaction; undefined when that is still to come.
   *
   * @throws {StoreError} `STORE_HISTORY_GONE` when it is not kept any more, or never was
   */
  runAt(seq: number): Buffer | undefined {
    const { lastSeq, runsFrom } = this.#state;
    if (seq > lastSeq) return undefined;
    if (runsFrom === 0 || seq < runsFrom) throw this.#historyGone(seq);
    const options = { start: runKey(seq), reverse: true, limit: 1 };
    const [run] = this.#runs.getRange(options);
    if (run === undefined) throw this.#historyGone(seq);
    return Buffer.from(run.value);
  }

  async close(): Promise<void> {
    await this.#environment.close();
  }

  #begin(before: StoredState): StoredState {
    return this.#transaction(() => {
      this.#checkUnchanged(before);
      const state = { ...before, version: storeVersion, epoch: before.epoch + 1 };
      if (this.#limits.historyBytes > 0) return state;
      this.#runs.clearSync();
      return { ...state, runBytes: 0, runsFrom: 0 };
    });
  }

  /** Runs what makes a new state in one transaction with it. */
  #transaction(change: () => StoredState): StoredState {
    return this.#environment.transactionSync(() => {
      const state = change();
      this.#states.putSync(stateKey, encodeState(state));
      return state;
    });
  }

  /** What another has written since the file was looked through is in its trees, and not in `before`. */
  #checkUnchanged(before: StoredState): void {
    const found = this.#storedState();
    if (found !== undefined && encodeState(found).equals(encodeState(before))) return;
    throw new StoreError(
      'STORE_LOCKED',
      `store ${this.#path}: expected what was found there, up to seq ${before.lastSeq}, got another ` +
        `state, up to seq ${found?.lastSeq}: another process writes there now; close that registry, or ` +
        'give this one another path',
    );
  }

  /** As it stands in the file. */
  #storedState(): StoredState | undefined {
    const bytes = this.#states.getBinary(stateKey);
    return bytes === undefined ? undefined : decodeState(bytes);
  }

  /** Another that took this place for a dead one's has begun a later epoch. */
  #checkEpoch(expected: number): void {
    const epoch = this.#storedState()?.epoch ?? 0;
    if (epoch === expected) return;
    throw new StoreError(
      'STORE_LOCKED',
      `store ${this.#path}: expected epoch ${expected}, got ${epoch}: another registry has become ` +
        'its writer; close this one',
    );
  }

  #putPeers(batch: ChangeBatch, before: StoredState): StoredState {
    let { peers, sum } = before;
    batch.eachPeer((nodeId, entry) => {
      const key = Buffer.from(nodeId);
      const old = this.#peers.getBinaryFast(key);
      if (old !== undefined) {
        sum = withoutCrc(sum, crcOf(old));
        peers--;
      }
      if (entry !== undefined) {
        const value = this.#valueOf(key, entry);
        sum = withCrc(sum, crcOf(value));
        peers++;
        this.#peers.putSync(key, value);
      } else if (old !== undefined) this.#peers.removeSync(key);
    });
    const { lastSeq, lastTime } = batch;
    return { ...before, peers, sum, lastSeq, lastTime };
  }

  #valueOf(key: Buffer, entry: Buffer): Buffer {
    const bytes = entryAt + entry.length;
    if (this.#scratch.length < bytes) this.#scratch = Buffer.alloc(bytes);
    const value = this.#scratch.subarray(0, bytes);
    value.writeUInt32LE(crcOfPeer(key, entry), 0);
    value.set(entry, entryAt);
    return value;
  }

  /** Keeps the runs, and lets go of the oldest ones that there is no room for. */
  #putRuns({ runs }: ChangeBatch, before: StoredState): StoredState {
    const { historyBytes } = this.#limits;
    if (historyBytes === 0) return before;
    let { runBytes, runsFrom } = before;
    for (const { bytes, firstSeq } of runs) {
      this.#runs.putSync(runKey(firstSeq), bytes);
      runBytes += bytes.length;
      if (runsFrom === 0) runsFrom = firstSeq;
    }
    while (runBytes > historyBytes) {
      const [oldest] = this.#runs.getRange({ limit: 1 });
      if (oldest === undefined) break;
      runBytes -= oldest.value.length;
      this.#runs.removeSync(oldest.key);
      const [next] = this.#runs.getKeys({ limit: 1 });
      runsFrom = next === undefined ? 0 : seqIn(next);
    }
    return { ...before, runBytes, runsFrom };
  }

  #checkSize(): void {
    const { fileBytes } = this;
    if (fileBytes <= this.#limits.mapSizeBytes) return;
    throw new StoreError(
      'STORE_FULL',
      `store ${this.#path}: expected at most ${this.#limits.mapSizeBytes} bytes (mapSizeBytes), it ` +
        `has ${fileBytes}; open it with more`,
    );
  }

  #removed(): StoreError {
    return new StoreError(
      'STORE_UNAVAILABLE',
      `store ${this.#path}: expected ${storeFiles.data} where it was opened, but it was removed or ` +
        'replaced; what is kept from now on would be lost',
    );
  }

  #historyGone(seq: number): StoreError {
    const { runsFrom } = this.#state;
    const kept = runsFrom === 0 ? 'none are' : `those from ${runsFrom} on are`;
    return new StoreError(
      'STORE_HISTORY_GONE',
      `store ${this.#path}: expected changes from seq ${seq} on, but ${kept} kept; begin with a ` +
        'snapshot, or open it with more historyBytes',
    );
  }
}

/** How large a store may become. */
export interface StoreLimits {
  readonly mapSizeBytes: number;
  readonly historyBytes: number;
}

type Tree = Database<Buffer, Buffer>;

/** What lmdb tells of its file. */
interface LmdbStats {
  readonly lastPageNumber: number;
  readonly pageSize: number;
}

/** Which file there is at a path; undefined when there is none. */
function identityOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}-${stats.ino}`;
}
