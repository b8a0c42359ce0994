import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { RunError, StoreError, checkRun } from '@panoptes/core/follower';
import { DamagedPages } from './damaged-pages.js';
import { type LmdbEntry, LmdbPages } from './lmdb-pages.js';
import { type TreeBytes, newestRoot, readHead } from './lmdb-root.js';
import { regularFile } from './regular-file.js';
import { SpaceCheck } from './space-check.js';
import {
  type StoredState,
  crcOf,
  decodeState,
  entryAt,
  isWhole,
  oldestVersion,
  seqIn,
  stateKey,
  storeFiles,
  storeVersion,
  treeNames,
  withCrc,
} from './store-layout.js';

/**
 * A store's file as it is when this is made, read without lmdb and without believing any of it. Nobody may
 * write there while it is open, unless its pages are held; of somebody who does all the same is told.
 */
export class StoredFile {
  readonly #path: string;
  readonly #arePagesHeld: boolean;
  readonly #file: number;
  readonly #head: Buffer;

  /**
   * @param path - the store's folder
   * @throws {StoreError} `STORE_UNAVAILABLE` when there is none
   * @throws what the system says when it cannot be read
   */
  constructor(path: string, options: StoredFileOptions = {}) {
    const { name = storeFiles.data, arePagesHeld = false } = options;
    this.#path = path;
    this.#arePagesHeld = arePagesHeld;
    const file = join(path, name);
    if (regularFile(file) === undefined) throw this.#missing();
    this.#file = openSync(file, 'r');
    try {
      this.#head = readHead(this.#file);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get #bytes(): number {
    return Number(fstatSync(this.#file, { bigint: true }).size);
  }

  /**
   * Says which state it holds; only that is looked at.
   *
   * @throws {StoreError} `STORE_FORMAT` when it is of another kind or version, `STORE_LOCKED` when somebody
   * writes there
   * @throws {DamagedPages} when it makes no sense
   */
  state(): StoredState {
    try {
      const pages = this.#pages();
      return this.#stateIn(pages, pages.namedTrees());
    } catch (error) {
      throw this.#problem(error);
    }
  }

  /**
   * Looks through all of it.
   *
   * @param fields - what its entries are to have; any unless given
   * @returns which state it holds
   * @throws {StoreError} `STORE_FORMAT` when it is of another kind or version, `STORE_FIELDS`,
   * `STORE_LOCKED` when somebody writes there
   * @throws {DamagedPages} when it is no state that was ever stored
   */
  check(fields?: string): StoredState {
    try {
      return this.#checked(fields);
    } catch (error) {
      throw this.#problem(error);
    }
  }

  /**
   * The encoded entry of each peer, in the order of their node ids; each is good until the next one. Throws
   * as `state`.
   */
  *entries(): Generator<Buffer> {
    try {
      const pages = this.#pages();
      const tree = pages.namedTrees().get(treeNames.peers);
      for (const { key, value } of entriesOf(pages, tree)) {
        if (!isWhole(key, value)) throw new DamagedPages('it has a peer whose checksum is another');
        yield value.subarray(entryAt);
      }
    } catch (error) {
      throw this.#problem(error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #checked(fields: string | undefined): StoredState {
    const pages = this.#pages();
    const trees = pages.namedTrees();
    const state = this.#stateIn(pages, trees);
    if (fields !== undefined && state.fields !== fields) throw this.#otherFields(state, fields);
    const peers = this.#checkPeers(pages, trees.get(treeNames.peers));
    const runs = this.#checkRuns(pages, trees.get(treeNames.runs), state);
    const spaces = this.#checkSpaces(pages, trees.get(treeNames.spaces), state);
    pages.checkFreePages();
    if (state.spaces !== spaces.spaces || state.spaceSum !== spaces.spaceSum) {
      throw new DamagedPages(
        `it has ${spaces.spaces} observers’ states that are not the ${state.spaces} of its last transaction`,
      );
    }
    const isSame =
      state.peers === peers.peers &&
      state.sum === peers.sum &&
      state.runBytes === runs.runBytes &&
      state.runsFrom === runs.runsFrom;
    if (isSame) return state;
    throw new DamagedPages(
      `it has ${peers.peers} peers and ${runs.runBytes} bytes of runs that are not the ` +
        `${state.peers} and ${state.runBytes} of its last transaction`,
    );
  }

  #pages(): LmdbPages {
    return new LmdbPages(this.#file, this.#bytes, newestRoot(this.#head));
  }

  #stateIn(pages: LmdbPages, trees: Map<string, TreeBytes>): StoredState {
    const names = Object.values<string>(treeNames);
    const other = [...trees.keys()].find((name) => !names.includes(name));
    if (other !== undefined) throw this.#otherKind(`a tree '${other}'`);
    const tree = trees.get(treeNames.state);
    if (tree === undefined) throw this.#otherKind('none of its own');
    let state: StoredState | undefined;
    for (const { key, value } of pages.entries(tree)) {
      if (!key.equals(stateKey) || state !== undefined) throw new DamagedPages('it has two states');
      state = decodeState(value);
      if (state === undefined) throw new DamagedPages('it has a state whose checksum is another');
    }
    if (state === undefined) throw new DamagedPages('it has no state');
    if (state.version < oldestVersion || state.version > storeVersion) {
      throw new StoreError(
        'STORE_FORMAT',
        `store ${this.#path}: expected version ${storeVersion} of its layout at most, got ${state.version}; ` +
          'open it with the release that wrote it, or begin anew elsewhere',
      );
    }
    return state;
  }

  #checkSpaces(
    pages: LmdbPages,
    tree: TreeBytes | undefined,
    state: StoredState,
  ): { spaces: number; spaceSum: number } {
    const check = new SpaceCheck(state.lastSeq);
    for (const { key, value } of entriesOf(pages, tree)) check.take(key, value);
    return check.end();
  }

  #checkPeers(pages: LmdbPages, tree: TreeBytes | undefined): { peers: number; sum: number } {
    let peers = 0;
    let sum = 0;
    for (const { key, value } of entriesOf(pages, tree)) {
      if (!isWhole(key, value)) throw new DamagedPages('it has a peer whose checksum is another');
      peers++;
      sum = withCrc(sum, crcOf(value));
    }
    return { peers, sum };
  }

  #checkRuns(
    pages: LmdbPages,
    tree: TreeBytes | undefined,
    state: StoredState,
  ): { runBytes: number; runsFrom: number } {
    let runBytes = 0;
    let runsFrom = 0;
    let due: number | undefined;
    for (const { key, value } of entriesOf(pages, tree)) {
      const { firstSeq, lastSeq, id } = headOf(value);
      const isNext = key.length === 8 && seqIn(key) === firstSeq && (due ?? firstSeq) === firstSeq;
      if (!isNext || id !== state.id)
        throw new DamagedPages(`it has a run of ${id} from ${firstSeq}`);
      if (due === undefined) runsFrom = firstSeq;
      due = lastSeq + 1;
      runBytes += value.length;
    }
    if (due !== undefined && due !== state.lastSeq + 1) {
      throw new DamagedPages(`it has runs up to ${due - 1}, and peers up to ${state.lastSeq}`);
    }
    return { runBytes, runsFrom };
  }

  /** Pages that make no sense may be those of another state, which somebody is writing. */
  #problem(error: unknown): unknown {
    const isChanged = error instanceof DamagedPages && !readHead(this.#file).equals(this.#head);
    if (this.#arePagesHeld || !isChanged) return error;
    return new StoreError(
      'STORE_LOCKED',
      `store ${this.#path}: expected that nobody writes there, but it has changed while it was read; ` +
        'close the registry that has it, or give this one another path',
      { cause: error },
    );
  }

  #missing(): StoreError {
    return new StoreError(
      'STORE_UNAVAILABLE',
      `store ${this.#path}: expected a store, but there is none; name the folder of one`,
    );
  }

  #otherFields(state: StoredState, fields: string): StoreError {
    return new StoreError(
      'STORE_FIELDS',
      `store ${this.#path}: expected peers with the fields of this release (${fields}), got those of ` +
        `another (${state.fields}); open it with the release that wrote it, or begin anew elsewhere`,
    );
  }

  #otherKind(what: string): StoreError {
    return new StoreError(
      'STORE_FORMAT',
      `store ${this.#path}: expected a file that a store has written, got one with ${what}; ` +
        'give it the path of a store, or of a folder that is empty or is not there yet',
    );
  }
}

/** How a store's file is read. */
export interface StoredFileOptions {
  /** Of the file. Default: that of a store. */
  readonly name?: string;
  /** Whether none of its pages can be written anew meanwhile. Default: false. */
  readonly arePagesHeld?: boolean;
}

const entriesOf = (pages: LmdbPages, tree: TreeBytes | undefined): Iterable<LmdbEntry> =>
  tree === undefined ? [] : pages.entries(tree);

function headOf(run: Buffer): ReturnType<typeof checkRun> {
  try {
    return checkRun(run);
  } catch (error) {
    if (error instanceof RunError) throw new DamagedPages(`it has ${error.message}`);
    throw error;
  }
}
