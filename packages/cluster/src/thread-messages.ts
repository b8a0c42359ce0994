import type { SnapshotData, StoreCalls } from '@panoptes/core/follower';
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
