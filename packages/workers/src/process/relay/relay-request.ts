import type { RunOrigin } from '@panoptes/core/follower';
import type { LineMessage } from '../../runtime/line-message.js';
import type { FiguresBuffer } from './process-figures.js';
import type { ProcessTerms } from '../process-terms.js';

/** From the main thread to the relay. */
export type RelayRequest =
  | { readonly open: OpenRequest }
  /** Ends an incarnation by force. */
  | { readonly kill: number }
  /** Nothing more comes: the thread ends when all processes have. */
  | { readonly close: true };

/** One incarnation of an observer. */
export interface OpenRequest {
  /** Its number among those of this relay, from 1. */
  readonly channel: number;
  readonly name: string;
  /** URL of the observer's module. */
  readonly module: string;
  readonly memoryLimitMb: number;
  readonly terms: ProcessTerms;
  /** Over which the main thread calls it. */
  readonly line: LineMessage;
  /** Where the figures of its process are shown. */
  readonly figures: FiguresBuffer;
}

/** With what a relay thread begins, as its `workerData`. */
export interface RelaySettings {
  /** Whose log it follows. */
  readonly origin: RunOrigin;
  /** URL of the module with which a process of this Node starts. */
  readonly childEntry: string;
  /** After how long an observer that gets on with nothing is ended, in milliseconds. */
  readonly hangTimeoutMs: number;
}

/** From the relay to the main thread: an incarnation has ended, and nothing of it runs any more. */
export interface EndedMessage {
  readonly channel: number;
  readonly end: ProcessEnd;
}

/** How a process, or an observer's part in one, has ended. */
export interface ProcessEnd {
  /** Stable, as in `exit-3`, `signal-SIGSEGV`, `memory`, `protocol`, `group`, `ended`. */
  readonly code: string;
  /** What is to be said of it, if there is more to say than the code. */
  readonly message: string | undefined;
  /** Its last words, as `lastWordsOf` reads them, if an error ended it. */
  readonly lastWords?: string;
}
