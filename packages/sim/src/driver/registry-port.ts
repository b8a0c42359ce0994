import type {
  Clock,
  CommandResult,
  MetricFigure,
  ObserverMetrics,
  ObserverTerms,
  PeerEntry,
  PeerPatch,
  RegistryStore,
} from '@panoptes/core';
import type { IndexedPeers } from '@panoptes/testkit';
import type { HostName, ProcessOptions } from '@panoptes/workers';
import type { Logger } from 'pino';

/** The part of the registry's public interface that churn is played into. */
export interface RegistryPort {
  readonly peers: IndexedPeers;
  /** The same in all lives of the registry. */
  readonly id: string;
  /** The last transaction's number. */
  readonly lastSeq: number;
  /** Which life of the registry this is: 1 without a store. */
  readonly epoch: number;
  upsert(peer: PeerEntry): Promise<CommandAnswer>;
  /** Changes a peer that must be known. */
  update(nodeId: string, patch: PeerPatch): Promise<CommandAnswer>;
  remove(nodeId: string): Promise<CommandAnswer>;
  registerObserver(registration: ObserverRegistration): Promise<ObserverPort>;
  reviveObserver(name: string): void;
  unregisterObserver(name: string): Promise<void>;
  settled(seq: undefined, options: { readonly timeoutMs: number }): Promise<void>;
  digest(): string;
  getObserverStats(): {
    readonly observers: readonly ObserverFigures[];
    readonly supervisor: {
      /** Threads that nothing could end. */
      readonly zombies: number;
    };
  };
  close(): Promise<void>;
}

/** An observer as the driver sees it. */
export interface ObserverPort {
  readonly name: string;
  digest(): Promise<string>;
  /** Figures of its own, as it describes them. */
  readonly metricFigures: readonly MetricFigure[];
  /** Their values, once it has handled a transaction. */
  metrics(options: { readonly after: number }): Promise<ObserverMetrics>;
  ask(query: string, args: readonly unknown[]): Promise<unknown>;
}

/** How an observer is registered. */
export interface ObserverRegistration extends ObserverTerms {
  readonly module: URL;
  readonly name: string;
  /** The driver plays as fast as it can: who wants every event seen asks to be held back. */
  readonly onLag: 'block' | 'lap';
  readonly host?: HostName;
  /** How its process is to be run, of one that has a process. */
  readonly process?: ProcessOptions;
  readonly options?: unknown;
}

/** How far an observer has come. */
export interface ObserverProgress {
  readonly name: string;
  /** As the registry has it, such as `live`. */
  readonly state: string;
  /** Events it has finished. */
  readonly delivered: number;
  /** Transactions it is behind. */
  readonly lag: number;
  readonly resyncs: number;
  readonly restarts: number;
}

/** What the registry knows of an observer. */
export interface ObserverFigures extends ObserverProgress {
  /** Which incarnation it is in, from 1. */
  readonly incarnation: number;
  /** Memory of its thread when it was seen last; 0 where it was not. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Why its last incarnations ended, oldest first. */
  readonly reasons: readonly {
    readonly incarnation: number;
    readonly code: string;
    readonly message: string;
  }[];
}

/** The outcome of a command: the transaction that it became, or the last one when it changed nothing. */
export type CommandAnswer = CommandResult<string>;

/**
 * How long a simulation waits for its observers, in milliseconds: a slow machine must not change what
 * a run comes to. Who hangs is found by the supervisor, and ended long before.
 */
export const patienceMs = 600_000;

/** Opens a registry whose peers' times are those of `clock`, for so many observers at a time. */
export type OpenRegistry = (options: {
  readonly clock: Clock;
  readonly observers: number;
  /** Where it says how observers fare; nowhere unless given. */
  readonly logger?: Logger | false;
  /** Bytes of the change log; the registry's default unless given. */
  readonly logBytes?: number;
  /** How long an observer's thread may be busy without a heartbeat; the registry's default too. */
  readonly hangTimeoutMs?: number | undefined;
  /** Where its peers are kept; nowhere unless given. */
  readonly store?: RegistryStore | undefined;
  /** When commands are told of their outcome, with a store; the registry's default unless given. */
  readonly durability?: 'async' | 'commit' | undefined;
}) => Promise<RegistryPort>;
