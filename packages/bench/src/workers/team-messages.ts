import type { MessagePort } from 'node:worker_threads';
import type { PlainEvent } from '../workload/plain-registry.js';
import type { Tally } from '../workload/tally.js';

/** What is sent to workers: an event, several, or the request for a report. */
export type TeamMessage = PlainEvent | readonly PlainEvent[] | { readonly kind: 'report' };

/** What a worker of the team is given at its start. */
export interface TeamWorkerData {
  /** Name of the BroadcastChannel that it listens to. */
  readonly channel: string;
  /** Where it answers Comlink's calls. */
  readonly calls: MessagePort;
}

/** What workers send back. */
export type TeamReply =
  | { readonly kind: 'ready' }
  /** It has handled so many events since its last report. */
  | { readonly kind: 'handled'; readonly count: number }
  | { readonly kind: 'report'; readonly tally: Tally };

/** What Comlink may call. */
export interface TeamCalls {
  handle(event: PlainEvent): void;
  take(): Tally;
}

/** Workers say how far they are each time they have handled so many events. */
export const eventsPerReply = 500;
