import type { EntryBlock, KeptState, StoreLine } from './registry-store.js';

/** A call on its way to a store's thread. */
export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What the registry's thread asks of that of any store. Each call is answered once. */
export interface StoreCalls<Request> {
  /** Takes the place for one writer, looks through it, begins an epoch. */
  open(request: Request): KeptState;
  /** The next entries, in memory that was given back if there is some; undefined after the last. */
  entries(taken: ArrayBuffer | undefined): EntryBlock | undefined;
  follow(line: StoreLine): void;
  /** The run that holds a transaction; undefined when that is still to come. */
  run(seq: number): KeptRun | undefined;
  /** Writes what is published, and gives the place back. */
  close(): void;
}

/** One run, in the run format. */
export interface KeptRun {
  readonly bytes: Uint8Array;
  readonly lastSeq: number;
}

/** What a store's thread sends: an answer to a call, that it cannot follow any more, or what its kind of store tells. */
export type ThreadMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: SentError }
  | { readonly failed: SentError }
  | { readonly told: unknown };

/** An error as it crosses between threads. */
export interface SentError {
  readonly code: string;
  readonly message: string;
  /** What was behind it, in its words. */
  readonly cause: string | undefined;
}

/** Calls as who answers them has them: later. */
export type Asynchronous<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Result>
    : never;
};
