import type { PanoptesError } from '../errors.js';
import type { PeerInput } from '../peers/peer-entry.js';
import type { QueuedCommand } from './command-queue.js';
import type { UpsertSettings } from './upsert-options.js';

/** Where many upserts are handed in: the registry itself, or a connection to it. */
export interface UpsertIntake {
  /** Why every command is refused, if it is. */
  readonly closed: PanoptesError | undefined;
  /** Whether one more command would be refused because too many wait. */
  readonly isFull: boolean;
  /** Resolves when it is worth another look whether there is room. */
  room(): Promise<void>;
  /** Calls a listener when the intake closes. Returns what makes that undone. */
  whenClosed(listener: (reason: PanoptesError) => void): () => void;
  /** Takes an upsert whose outcome is told to one of two functions. */
  postUpsert(
    peer: PeerInput,
    settings: UpsertSettings,
    resolve: QueuedCommand['resolve'],
    reject: QueuedCommand['reject'],
  ): void;
}
