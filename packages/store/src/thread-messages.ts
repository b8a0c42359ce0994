import type { EntryBlock, KeptState, StoreLine } from '@panoptes/core';
import type { SharedNumbersBuffer } from '@panoptes/core/observer';
import type { OpenedMemory, SpaceRequest } from './observer-spaces.js';

/**
 * What a thread sends: an answer to a call, that it cannot follow any more, or that an observer's thread has
 * sent what its runtime does not.
 */
export type ThreadMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError }
  | { readonly failed: SentError }
  | { readonly brokenSpace: number; readonly error: SentError };

/** A call on its way. */
export interface CallMessage {
  readonly id: number;
  readonly name: keyof StoreCalls;
  readonly args: readonly unknown[];
}

/** What the registry's thread asks of a store's. Each call is answered once. */
export interface StoreCalls {
  /** Opens it: locks, looks through, begins an epoch. */
  open(request: OpenRequest): KeptState;
  /** The next entries, in memory that was given back if there is some; undefined after the last. */
  entries(taken: ArrayBuffer | undefined): EntryBlock | undefined;
  follow(line: StoreLine): void;
  /** The run that holds a transaction; undefined when that is still to come. */
  run(seq: number): StoredRun | undefined;
  openSpace(request: SpaceRequest): OpenedMemory;
  /** Takes nothing more of a space; answers when what came is on disk, or never will be. */
  endSpace(space: number, isOver: boolean): void;
  /** Writes what is published, and gives the place back. */
  close(): void;
}

/** How a store is to be opened. */
export interface OpenRequest {
  readonly path: string;
  readonly mapSizeBytes: number;
  readonly historyBytes: number;
  /** For a store in which nothing was kept yet. */
  readonly id: string;
  readonly fields: string;
  readonly figures: SharedNumbersBuffer;
}

/** One run, in the run format. */
export interface StoredRun {
  readonly bytes: Uint8Array;
  readonly lastSeq: number;
}

/** An error as it crosses between threads. */
export interface SentError {
  readonly code: string;
  readonly message: string;
  /** What was behind it, in its words. */
  readonly cause: string | undefined;
}
