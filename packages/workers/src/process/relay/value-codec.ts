import { serialize } from 'node:v8';
import { packAnswer, unpack } from '../../runtime/payload.js';
import type { Encoding } from '../process-messages.js';

/** How options, arguments and answers are encoded for a process and by it. */
export interface ValueCodec {
  encode(value: unknown): Buffer;
  /** Arguments of a query, as `packArguments` made them, for the process. */
  argumentsOf(args: Uint8Array): Uint8Array;
  /**
   * An answer of the process, as `packAnswer` makes it.
   *
   * @throws {PayloadError} when it is none, or takes too long to read
   */
  answerOf(answer: Buffer): Uint8Array;
}

export const codecOf = (encoding: Encoding): ValueCodec => codecs[encoding];

const codecs: Readonly<Record<Encoding, ValueCodec>> = {
  v8: {
    encode: serialize,
    argumentsOf: (args) => args,
    // Packed again: what it costs to read was not looked at by anybody who is trusted.
    answerOf: (answer) => packAnswer(unpack(answer, 'an answer')),
  },
  json: {
    encode: (value) => jsonOf(value),
    argumentsOf: (args) => jsonOf(unpack(args, 'arguments')),
    answerOf: (answer) =>
      packAnswer(answer.length === 0 ? undefined : JSON.parse(answer.toString())),
  },
};

const jsonOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? 'null');
