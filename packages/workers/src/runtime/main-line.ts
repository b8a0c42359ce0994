import { types } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import { MessageKind, MessageSender } from '@panoptes/core/observer';
import type { Endpoint } from 'comlink';
import type { SendCommand } from './command-sender.js';
import { packJson } from './json-message.js';
import {
  type LineMessage,
  type Listener,
  type MainMessage,
  commandHeadBytes,
  maxAnswerBytes,
} from './line-message.js';
import { SentCommands } from './sent-commands.js';

/** The observer's end of its line to the main thread: Comlink's endpoint there, and its commands' way. */
export class MainLine implements Endpoint {
  readonly #port: MessagePort;
  readonly #sender: MessageSender;
  readonly #listeners = new Set<Listener>();
  readonly #commands = new SentCommands((id, command) => {
    const head = Buffer.alloc(commandHeadBytes);
    head.writeDoubleLE(id);
    this.#sender.send(MessageKind.command, Buffer.concat([head, command]));
  });

  constructor({ port, messages }: LineMessage) {
    this.#port = port;
    this.#sender = new MessageSender(messages);
    port.on('message', (message: MainMessage) => {
      if (message.type === undefined) this.#commands.settle(message.outcome);
      else this.#hear(message);
    });
    // The sender of what this thread cannot read would wait for ever: the thread ends instead.
    port.on('messageerror', (error) => {
      throw error;
    });
  }

  addEventListener(_type: string, listener: Listener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Sends an answer of Comlink's. What a query returned is bytes already. */
  postMessage(answer: { readonly id: string; readonly value: unknown }): void {
    if (types.isUint8Array(answer.value)) {
      const id = Buffer.from(answer.id);
      const bytes = Buffer.concat([Buffer.of(id.length), id, answer.value]);
      this.#sender.send(MessageKind.payload, bytes);
    } else {
      this.#sender.send(MessageKind.answer, packJson(answer, 'an answer', maxAnswerBytes));
    }
  }

  /** Sends a command. Rejects as `packJson` throws when it cannot be sent. */
  get sendCommand(): SendCommand {
    return this.#commands.send;
  }

  /** Sends and hears nothing any more. */
  close(): void {
    this.#sender.close();
    this.#port.close();
  }

  #hear(data: unknown): void {
    const event = { data };
    for (const listener of [...this.#listeners]) {
      if (typeof listener === 'function') listener(event);
      else listener.handleEvent(event);
    }
  }
}
