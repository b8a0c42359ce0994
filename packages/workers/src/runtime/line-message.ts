import type { MessagePort } from 'node:worker_threads';
import type { MessageBuffer } from '@panoptes/core/observer';
import type { CommandOutcome } from './sent-commands.js';

/** What an observer's thread needs to talk to the main thread: the first message it gets. */
export interface LineMessage {
  /** Receives from the main thread, which does not listen at its other end. */
  readonly port: MessagePort;
  /** Sends to the main thread. */
  readonly messages: MessageBuffer;
}

/** A message of the main thread: a call of Comlink's, or the outcome of a command. */
export type MainMessage =
  { readonly type: string } | { readonly outcome: CommandOutcome; readonly type?: undefined };

/** Longest answer to a call, but for what a query returned, in bytes: errors, descriptions, digests. */
export const maxAnswerBytes = 512 * 1024;
/** The number of a command, before its bytes. */
export const commandHeadBytes = 8;

/** What Comlink listens with; its own types are those of browsers. */
export type Listener =
  ((event: { data: unknown }) => void) | { handleEvent(event: { data: unknown }): void };
