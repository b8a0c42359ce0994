import { MessageChannel, type MessagePort } from 'node:worker_threads';
import {
  type CommandGate,
  MessageKind,
  MessageReceiver,
  createMessageBuffer,
  inMicrotask,
  tellAll,
} from '@panoptes/core';
import type { Endpoint } from 'comlink';
import { type ErrorMessage, packError } from '../runtime/control-errors.js';
import { unpackJson } from '../runtime/json-message.js';
import {
  type LineMessage,
  type Listener,
  type MainMessage,
  commandHeadBytes,
  maxAnswerBytes,
} from '../runtime/line-message.js';
import { maxPayloadBytes } from '../runtime/payload.js';
import { type CommandOutcome, maxCommandBytes } from '../runtime/sent-commands.js';

/**
 * The main thread's end of the line to an observer's thread. Comlink keeps a call pending for ever
 * when the thread dies (https://github.com/GoogleChromeLabs/comlink/issues/601), and trusts every
 * message; this endpoint remembers the calls that wait for an answer, answers them with an error
 * when the thread has ended, and lets nothing through but answers to them.
 */
export class SafeEndpoint implements Endpoint {
  /** To be handed to the thread, its port transferred. */
  readonly line: LineMessage;
  readonly #port: MessagePort;
  readonly #deps: SafeEndpointDeps;
  readonly #receiver: MessageReceiver;
  readonly #waiting = new Set<string>();
  readonly #listeners = new Set<Listener>();
  #ended: ErrorMessage | undefined;

  constructor(deps: SafeEndpointDeps) {
    this.#deps = deps;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.line = { port: port2, messages: createMessageBuffer() };
    this.#receiver = new MessageReceiver(this.line.messages, {
      maxBytes: {
        [MessageKind.answer]: maxAnswerBytes,
        [MessageKind.command]: commandHeadBytes + maxCommandBytes,
        [MessageKind.payload]: idBytes + maxPayloadBytes,
      },
      receive: (kind, bytes) => this.#receive(kind, bytes),
      broken: deps.broken,
    });
  }

  /** Fails all calls that wait, and all that come; what the thread sent before its end still counts. */
  end(error: Error): void {
    this.#receiver.drain();
    this.#receiver.close();
    this.#ended ??= packError(error);
    for (const id of [...this.#waiting]) this.#fail(id, this.#ended);
    this.#port.close();
  }

  postMessage(message: { id?: string }, transfer?: Parameters<Endpoint['postMessage']>[1]): void {
    const { id } = message;
    if (id !== undefined) this.#waiting.add(id);
    if (this.#ended !== undefined) {
      if (id !== undefined) this.#fail(id, this.#ended);
      return;
    }
    try {
      this.#port.postMessage(message, transfer as never);
    } catch (error) {
      if (id === undefined) throw error;
      this.#fail(id, packError(error));
    }
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  #fail(id: string, value: ErrorMessage): void {
    if (!this.#waiting.delete(id)) return;
    // Later: Comlink listens for the answer only after it has sent the call.
    inMicrotask(() => this.#deliver({ id, type: 'HANDLER', name: 'throw', value }));
  }

  #receive(kind: MessageKind, bytes: Buffer): void {
    switch (kind) {
      case MessageKind.answer:
        return this.#answer(unpackJson(bytes, 'an answer'));
      case MessageKind.payload: {
        const start = 1 + (bytes[0] ?? 0);
        const value = bytes.subarray(start);
        return this.#answer({ id: bytes.toString('utf8', 1, start), type: 'RAW', value });
      }
      case MessageKind.command:
        return this.#command(bytes.readDoubleLE(), bytes.subarray(commandHeadBytes));
    }
  }

  #answer(message: unknown): void {
    if (isAnswer(message) && this.#waiting.delete(message.id)) this.#deliver(message);
  }

  #command(id: number, bytes: Buffer): void {
    const tell = (rest: Omit<CommandOutcome, 'id'>): void => {
      if (this.#ended !== undefined) return;
      this.#port.postMessage({ outcome: { id, ...rest } } satisfies MainMessage);
    };
    this.#deps.commands
      .take(() => unpackJson(bytes, 'a command'))
      .then(
        (result) => tell({ result }),
        (error: unknown) => tell({ error: packError(error) }),
      );
  }

  #deliver(data: unknown): void {
    const event = { data };
    tellAll([...this.#listeners], (listener) => {
      if (typeof listener === 'function') listener(event);
      else listener.handleEvent(event);
    });
  }
}

/** Where it passes on what an observer's thread sends. */
export interface SafeEndpointDeps {
  /** Takes the observer's commands. */
  readonly commands: CommandGate;
  /** Called once, when the thread sends what its runtime does not send: other code is writing. */
  readonly broken: (error: Error) => void;
}

/** Longest id of a call, and its length, before what a query returned. */
const idBytes = 256;

/** An answer is plain data or a thrown error; Comlink's proxies and ports are not let in. */
function isAnswer(message: unknown): message is { id: string } {
  if (typeof message !== 'object' || message === null) return false;
  const { id, type, name } = message as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && (type === 'RAW' || (type === 'HANDLER' && name === 'throw'));
}
