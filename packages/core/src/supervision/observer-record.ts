import { CommandFigures } from '../stats/command-figures.js';
import type { ObserverDescription, ObserverSpec } from './host.js';
import type { Incarnation } from './incarnation.js';
import { type RestartHistory, noRestarts } from './restart-policy.js';

/** A life of an observer that came to an unwanted end. */
export interface RestartReason {
  readonly incarnation: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** As in `ExitReason`. */
  readonly code: string;
  readonly message: string;
}

/** Most restarts whose reasons are kept for each observer. */
const reasonsKept = 16;

/** What the supervisor knows of one observer through all its lives. */
export class ObserverRecord {
  readonly spec: ObserverSpec;
  /** Unix milliseconds. */
  readonly registeredAt: number;
  /** Counts the observer's lives, from 1. */
  incarnation = 0;
  /** The life it is in. */
  life: Incarnation | undefined;
  /** Whether that life has read a snapshot before. */
  isSynced = false;
  description: ObserverDescription | undefined;
  history: RestartHistory = noRestarts;
  restarts = 0;
  resyncs = 0;
  lastError: Error | undefined;
  readonly commands = new CommandFigures();
  readonly reasons: RestartReason[] = [];
  /** Transactions handled by earlier incarnations. */
  deliveredBefore = 0;

  constructor(spec: ObserverSpec, registeredAt: number) {
    this.spec = spec;
    this.registeredAt = registeredAt;
  }

  /** Remembers why a life ended; the oldest reason makes room. */
  noteEnd(reason: RestartReason): void {
    this.reasons.push(reason);
    if (this.reasons.length > reasonsKept) this.reasons.shift();
  }
}
