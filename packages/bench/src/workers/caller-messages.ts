import type { MessagePort } from 'node:worker_threads';
import type { CommandResult, PeerEntry } from '@panoptes/core';

/** Upserts on their way to the registry, in one message. */
export interface UpsertMessage {
  readonly id: number;
  readonly entries: readonly PeerEntry[];
}

/** What a caller's thread is given at its start. */
export interface CallerWorkerData {
  /** The port of the registry that is called in each way. */
  readonly ports: Readonly<Record<CallerWay, MessagePort>>;
  /** Peers that it changes. */
  readonly peers: number;
  /** What their identities follow from. */
  readonly seed: string;
}

/** What a caller's thread is to do: so many upserts, many outstanding or each after the one before it. */
export interface CallerOrder {
  readonly way: CallerWay;
  readonly count: number;
  readonly isAwaited: boolean;
}

/** What it says when it has started, with nothing done, and when it has done what it was ordered to. */
export interface CallerReport {
  /** Upserts that were committed. */
  readonly committed: number;
}

/** Their results on the way back. */
export interface ResultMessage {
  readonly id: number;
  readonly results: readonly CommandResult<'added' | 'updated'>[];
}

/** What Comlink may call. */
export interface UpsertCalls {
  upsert(entry: PeerEntry): Promise<CommandResult<'added' | 'updated'>>;
}

/** Ways for a thread to call a registry on another one. */
export const callerWays = ['panoptes', 'postMessage', 'postMessage-batch-100', 'comlink'] as const;
export type CallerWay = (typeof callerWays)[number];
