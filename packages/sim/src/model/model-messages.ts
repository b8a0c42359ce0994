import type { MessagePort } from 'node:worker_threads';
import type { SharedNumbersBuffer } from '@panoptes/core/observer';
import type { ChurnEvent } from '@panoptes/testkit/model';
import type { ChurnOrigin } from './churn-origin.js';

/** An observer, for the model's thread. */
export interface ModelObserverSpec {
  readonly name: string;
  /** URL of its module, which is loaded there and nowhere else. */
  readonly module: string;
  readonly options?: unknown;
  /** Whether it may start threads of its own. */
  readonly ownThreads?: boolean | undefined;
}

/** The first message to the model's thread. */
export interface ModelStart {
  /** The private line for everything after: what an observer sends by itself does not come here. */
  readonly port: MessagePort;
  /** Memory of the call board. */
  readonly board: SharedNumbersBuffer;
  readonly observers: readonly ModelObserverSpec[];
  /** Where the model gets the changes by itself; undefined when they are sent. */
  readonly origin: ChurnOrigin | undefined;
  /** When virtual time begins, in Unix milliseconds. */
  readonly epochMs: number;
}

/** What the model's thread is asked; each is answered once, in order. */
export type ModelRequest =
  | {
      readonly kind: 'advance';
      /** Changes from the beginning. */
      readonly to: number;
      /** Those since the last request, where the model does not get them by itself. */
      readonly changes: readonly ChurnEvent[];
    }
  | { readonly kind: 'account' }
  | { readonly kind: 'stamps' };

/** An answer; the first one, which has no request, holds a profile of each observer. */
export type ModelAnswer =
  | { readonly value: unknown }
  | { readonly error: { readonly message: string; readonly observer?: string } };
