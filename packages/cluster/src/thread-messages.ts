import type { EntryBlock, KeptState, SnapshotRequest, SourceHead } from '@panoptes/core';
import type { SentError, SnapshotData, StoreCalls } from '@panoptes/core/follower';
import type { SharedNumbersBuffer } from '@panoptes/core/observer';
import type { ServerOptions } from './server-connection.js';

/** What the registry's thread asks of that of a stream. */
export interface StreamCalls extends StoreCalls<OpenStreamRequest> {
  /** Sends a snapshot that was asked for; answers when its memory is not read any more, whatever came of it. */
  snapshot(data: SnapshotData): void;
}

/** How a stream is to be opened. */
export interface OpenStreamRequest {
  readonly server: ServerOptions;
  readonly name: string;
  readonly replicas: number;
  readonly maxOutstandingBytes: number;
  readonly snapshotEveryBytes: number;
  readonly leaseMs: number;
  /** An id that no other member has. */
  readonly member: string;
  /** For a stream in which nothing was kept yet. */
  readonly id: string;
  readonly fields: string;
  readonly figures: SharedNumbersBuffer;
}

/** What a stream's thread tells unasked: that it wants a snapshot as of this transaction, or a later one. */
export interface SnapshotWanted {
  readonly snapshotFrom: number;
}

/** Or that something went wrong, which keeps it from nothing, and is tried again. */
export interface ProblemMet {
  readonly problem: SentError;
}

/** What a replica's thread asks of that of its source. */
export interface SourceCalls {
  /** Says whose stream it is, before anything else. */
  open(request: OpenSourceRequest): void;
  snapshot(asked: SnapshotRequest): KeptState;
  /** The next entries of that, in memory that was given back if there is some; undefined after the last. */
  entries(taken: ArrayBuffer | undefined): EntryBlock | undefined;
  /** Begins with the runs behind a transaction, */
  follow(after: number): void;
  /** of which this is the next; undefined when there will be none. */
  run(): Uint8Array | undefined;
  /** Has what waits for a run be told that there will be none. */
  leave(): void;
  head(): SourceHead | undefined;
  close(): void;
}

/** Which stream a source reads. */
export interface OpenSourceRequest {
  readonly server: ServerOptions;
  readonly name: string;
}
