import type { GivenFigure } from '@panoptes/core/observer';
import type { ErrorMessage } from '../runtime/control-errors.js';

/** An answer to a call. */
export type AnswerMessage = { readonly value?: unknown } | { readonly error: ErrorMessage };

/** What a process says of itself before anything else. */
export interface Hello {
  /** `PROCESS_PROTOCOL`. */
  readonly protocol: number;
  /**
   * How options, arguments and answers are encoded for it and by it: V8's serialization, for Node, or
   * JSON, for everyone else.
   */
  readonly encoding: Encoding;
}

/** See `Hello`. */
export type Encoding = 'v8' | 'json';

/** With what an observer is set up. */
export interface StartTerms {
  /** URL of its module. */
  readonly module: string;
  readonly name: string;
  readonly incarnation: number;
  /** Whether it votes. */
  readonly isVoter: boolean;
  /** Whether it may start threads of its own. */
  readonly ownThreads: boolean;
  /** Most commands that may wait for their outcome. */
  readonly maxCommands: number;
  /** When the log begins, by the registry's clock. Unix milliseconds. */
  readonly began: number;
  /** Whether that clock is another than the machine's. */
  readonly hasOwnTime: boolean;
  /** What it may store, in bytes, and how many bytes of `state` came before; only of one that stores something. */
  readonly space: { readonly room: number; readonly stateBytes: number } | undefined;
}

/** The answer to `start`: what an observer says of itself. */
export interface StartAnswer {
  /** Names of its queries. */
  readonly queries: readonly string[];
  readonly hasDigest: boolean;
  readonly hasProposal: boolean;
  readonly metrics: readonly GivenFigure[];
}

/** What is asked besides queries; `probe` is answered with `ProbeAnswer`, `stop` after the teardown. */
export interface Question {
  readonly method: 'digest' | 'metrics' | 'probe' | 'stop';
}

/** How much memory the process uses, in bytes. */
export interface ProbeAnswer {
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** What a handler failed with, and at which transaction, if it went through them one by one. */
export interface FailureMessage {
  readonly error: ErrorMessage;
  readonly seq?: number | undefined;
}
