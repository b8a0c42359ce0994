import type { LogBuffer, LogPoint } from '../log/log-memory.js';
import type { SnapshotLoan } from '../log/snapshot.js';
import type { SpaceMemory } from '../log/space-memory.js';
import type { StoreError } from '../store-error.js';

/**
 * Where a registry's peers are kept beyond the life of its process: `createRegistry({ store })`. Nothing
 * is opened before the registry asks for it. What it gives is looked at before it is believed, and may
 * take `storeTimeoutMs` at a time, as open-store.ts and checked-store.ts see to.
 */
export interface RegistryStore {
  /**
   * Takes the place for one writer, looks through what is kept there, and begins a new epoch there,
   * durably. It may take `storeOpenTimeoutMs`; what comes later is closed at once.
   *
   * @throws {StoreError} when it cannot be had or read, or is not what it should be
   */
  open(start: StoreStart): Promise<OpenedStore>;
}

/** What a store is told when it is opened. */
export interface StoreStart {
  /** The registry's id, if nothing is kept there yet: a UUID. */
  readonly id: string;
  /** `fieldsHash`: entries of other fields are refused. */
  readonly fields: string;
}

/**
 * A store at work for one registry. In this order: `entries` is read to its end, `follow` is called
 * once, and `close` whatever came of that; `figures` and `history` at any time after `follow`.
 */
export interface OpenedStore {
  /** What is kept. */
  readonly kept: KeptState;
  /**
   * The entries as of `kept.lastSeq`, in blocks of a MiB or so; read once. The registry
   * asks for a block when it has taken the one before, and checks every byte.
   *
   * @throws {StoreError} while it is read
   */
  entries(): AsyncIterable<EntryBlock>;
  /**
   * Follows the log on a thread of its own, as a reader with a line: what is read (`position`) may be
   * overwritten, and the cursor (`LogReader.advance`) is moved when all of it is on disk. Nothing is
   * sent for that; the registry reads the cursor. It ends when the log is closed and read, or at `close`.
   *
   * @param snapshots - for a store that keeps changes alone, and all entries from time to time
   * @param report - is told of what went wrong, keeps it from nothing, and is tried again
   */
  follow(line: StoreLine, snapshots: SnapshotSource, report: StoreReport): void;
  /** Resolves when it cannot follow any more, while it is not closed; the cursor stays where it is. */
  readonly failed: Promise<StoreError>;
  /** Looks at figures, without waiting. */
  figures(): StoreFigures;
  /**
   * The runs that hold transaction `from` and those after it, in the run format, oldest first, up to
   * what is on disk when the last is taken. The first may begin earlier.
   *
   * @throws {StoreError} `STORE_HISTORY_GONE` when they are not kept so far back; at the first step
   */
  history(from: number): AsyncIterable<Uint8Array>;
  /**
   * Opens the space of an observer: what it has stored, and where that goes. A store without spaces has
   * no such method. Between `follow` and `close`; of one observer not before the one before has ended,
   * or its thread was given up.
   *
   * What is written is whole frames, each in one transaction with its cursor, and none before the peers
   * are there as of that cursor.
   *
   * @param format - what its state is; what is there of another format is removed
   * @param room - how much it may hold, in bytes
   * @throws {StoreError} when it cannot be had
   */
  space?(name: string, format: string, room: number): Promise<OpenedSpace>;
  /**
   * Writes what is published to disk, unless it has failed, ends its thread and gives the place back.
   * Calling it again waits for the same end.
   *
   * @throws {StoreError} when something published could not be written
   */
  close(): Promise<void>;
}

/** An observer's space, open for one incarnation. */
export interface OpenedSpace {
  /** To be handed to its thread. */
  readonly memory: SpaceMemory;
  /** What is stored is as of this transaction; undefined when nothing is stored. */
  readonly cursor: number | undefined;
  /**
   * Resolves when its thread has sent what no observer's runtime sends: nothing more is taken, and what was
   * stored is removed. Never, unless that happens.
   */
  readonly broken: Promise<Error>;
  /**
   * Takes nothing more; resolves when what was sent is on disk, or never will be.
   *
   * @param isOver - whether its thread has ended: if it has not, what it may still write is not read
   */
  end(isOver: boolean): Promise<void>;
}

/** Which state of which registry a store holds. */
export interface KeptState {
  /** The registry's id. */
  readonly id: string;
  /** 1 in a new store, else one more than that of the life before. */
  readonly epoch: number;
  /** The last transaction; 0 in a new store. */
  readonly lastSeq: number;
  /** When that was handed in, Unix milliseconds; 0 in a new store. */
  readonly lastTime: number;
  /** How many peers there are. */
  readonly peers: number;
}

/** Encoded entries, one behind another from byte 0; each begins with its length. */
export interface EntryBlock {
  /** A multiple of 8 bytes long; it may be longer than what lies in it. The registry's to write into. */
  readonly buffer: ArrayBuffer;
  /** How many entries lie in it. */
  readonly size: number;
}

/** How a store follows the log. */
export interface StoreLine {
  /** The log, to be opened with `attachLogMemory`. */
  readonly log: LogBuffer;
  /** Its line there. */
  readonly line: number;
  /** Where it begins: behind `kept.lastSeq`. */
  readonly from: LogPoint;
  /** How long changes may be gathered before they are written to disk, in milliseconds; 0: not at all. */
  readonly maxUnsyncedMs: number;
  /** How many transactions may be committed and not on disk; the registry waits with one more. */
  readonly maxUnsyncedChanges: number;
}

/** Tells of a problem; it is logged as a warning. */
export type StoreReport = (problem: StoreError) => void;

/**
 * Takes a snapshot of all entries as of transaction `from`, or a later one, without stopping the registry. Its
 * memory is to be given back when it was read.
 */
export type SnapshotSource = (from: number) => Promise<SnapshotLoan>;

/** What a store tells of itself. */
export interface StoreFigures {
  /** How long the last flushes took, in milliseconds: half of them no longer than this. NaN before the first. */
  readonly syncP50Ms: number;
  /** 99 of 100 of them no longer than this. */
  readonly syncP99Ms: number;
  readonly bytesOnDisk: number;
  /** The first transaction of which the change itself is kept; NaN when none is. */
  readonly historyFrom: number;
}
