import type { SentError, StoreCalls } from '@panoptes/core/follower';
import type { SharedNumbersBuffer } from '@panoptes/core/observer';
import type { OpenedMemory, SpaceRequest } from './observer-spaces.js';

/** What the registry's thread asks of that of a store on disk. */
export interface LmdbCalls extends StoreCalls<OpenRequest> {
  openSpace(request: SpaceRequest): OpenedMemory;
  /** Takes nothing more of a space; answers when what came is on disk, or never will be. */
  endSpace(space: number, isOver: boolean): void;
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

/** What a store's thread tells unasked: that an observer's thread has sent what its runtime does not. */
export interface BrokenSpace {
  readonly space: number;
  readonly error: SentError;
}
