import type { ObserverState } from '@panoptes/core';

/** The registry as a whole, as the server sends it. */
export interface Overview {
  /** Unix milliseconds by the server's clock. */
  readonly at: number;
  /** When it was kept as it was then, as at the end of a run; null while it goes on. */
  readonly frozenAt: number | null;
  /** What the program says of itself. */
  readonly about: readonly ProgramFact[];
  readonly version: string;
  readonly node: string;
  readonly eventLoop: { readonly delayMs: number; readonly utilization: number };
  readonly registry: { readonly id: string; readonly epoch: number; readonly state: string };
  readonly figures: {
    readonly registry: Record<RegistryFigure, number>;
    readonly supervisor: Record<'evicted' | 'zombies' | 'deadLetters', number>;
    readonly log: Record<'lastSeq' | 'capacityBytes' | 'writtenBytes' | 'waits' | 'passed', number>;
    readonly watched: Record<WatchedFigure, number>;
    readonly store: Record<StoreFigure, number | null> | null;
    readonly replica: Record<'follows' | 'lag' | 'lagMs', number> | null;
  };
  readonly peersByTier: Readonly<Record<string, number>>;
}

/** One fact that the program says; `share` is how much of it is done. */
export interface ProgramFact {
  readonly label: string;
  readonly value: string | number;
  readonly share?: number;
}

type RegistryFigure =
  | 'committed'
  | 'added'
  | 'updated'
  | 'removed'
  | 'evicted'
  | 'expired'
  | 'unchanged'
  | 'rejected'
  | 'vetoed'
  | 'voteFailed';

type WatchedFigure =
  | 'peers'
  | 'maxPeers'
  | 'authenticated'
  | 'dht'
  | 'waiting'
  | 'connections'
  | 'observers'
  | 'maxObservers'
  | 'omitted';

type StoreFigure = 'durableSeq' | 'unsynced' | 'syncP50Ms' | 'syncP99Ms' | 'bytesOnDisk';

/** One observer, as the server sends it; `id` is safe in a path. */
export interface ObserverRow extends Readonly<Record<ObserverNumber, number>> {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly host: string;
  readonly state: ObserverState;
  readonly hasMetrics: boolean;
  readonly votes: Readonly<Record<string, number>> | null;
  readonly commands: Readonly<Record<string, number>>;
  readonly lastError: ErrorRow | null;
  /** Whether the program needs it as it is: nothing can be done to it here. */
  readonly isProtected: boolean;
}

/** Figures of an observer. */
export type ObserverNumber =
  | 'registeredAt'
  | 'lastActivityAt'
  | 'incarnation'
  | 'cursor'
  | 'lag'
  | 'delivered'
  | 'failed'
  | 'resyncs'
  | 'resumes'
  | 'restarts'
  | 'deadLetters'
  | 'handlerP50Ms'
  | 'handlerP99Ms'
  | 'utilization'
  | 'heapBytes'
  | 'externalBytes'
  | 'outputLost'
  | 'messagesDropped';

/** An error; the code is null when it is none of Panoptes' own. */
export interface ErrorRow {
  readonly code: string | null;
  readonly message: string;
}

/** What is sent several times a second. */
export interface Sample {
  readonly overview: Overview;
  readonly observers: readonly ObserverRow[];
  /** A row of the history, when one was noted. */
  readonly history: HistoryRow | null;
}

/** Numbers in the order of `History.columns`; null where one is not known. */
export type HistoryRow = readonly (number | null)[];

/** The last quarter of an hour, a row a second. */
export interface History {
  readonly columns: readonly string[];
  readonly rows: readonly HistoryRow[];
}

/** What may be done here, which is nothing when the server is read-only. */
export interface Abilities {
  readonly readOnly: boolean;
  readonly actions: readonly string[];
}
