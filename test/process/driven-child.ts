import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { FrameReader } from '../../packages/workers/src/process/frame-reader.js';
import {
  CallKind,
  DataKind,
  ReplyKind,
  encodeFrame,
} from '../../packages/workers/src/process/frames.js';
import type { ErrorMessage } from '../../packages/workers/src/runtime/control-errors.js';
import type {
  FailureMessage,
  Hello,
  Question,
  StartAnswer,
  StartTerms,
} from '../../packages/workers/src/process/process-messages.js';
import { until } from '../fixtures/until.js';

/** A frame that came from a process. */
export interface Reply {
  readonly kind: number;
  readonly channel: number;
  readonly payload: Buffer;
}

/** A process in which observers run, driven frame by frame in place of a registry. */
export class DrivenChild {
  readonly process: ChildProcess;
  /** What came and was not asked for yet, in order. */
  readonly replies: Reply[] = [];
  /** What it printed. */
  stderr = '';
  stdout = '';
  hello: Hello | undefined;
  readonly #data: Duplex;
  readonly #control: Duplex;
  #encode: (value: unknown) => Buffer = serialize;
  #decode: (bytes: Buffer) => unknown = deserialize;
  #lastId = 0;

  private constructor(command: readonly string[]) {
    const [program, ...args] = command;
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] as const;
    this.process = spawn(program!, args, { stdio: [...stdio] });
    this.#data = this.process.stdio[3] as Duplex;
    this.#control = this.process.stdio[4] as Duplex;
    // It may end at any time.
    for (const pipe of [this.#data, this.#control]) pipe.on('error', () => undefined);
    const reader = new FrameReader({
      maxBytes: () => 2 ** 30,
      receive: (kind, channel, payload) => this.replies.push({ kind, channel, payload }),
    });
    this.#control.on('data', (bytes: Buffer) => reader.read(bytes));
    this.process.stdout!.on('data', (text) => (this.stdout += String(text)));
    this.process.stderr!.on('data', (text) => (this.stderr += String(text)));
  }

  /** Starts one, of Node unless another command is given, and takes its first frame. */
  static async begin(command: readonly string[] = [process.execPath, entry]): Promise<DrivenChild> {
    const child = new DrivenChild(command);
    const { payload } = await child.next(0, ReplyKind.hello);
    child.hello = JSON.parse(payload.toString()) as Hello;
    if (child.hello.encoding === 'json') {
      child.#encode = (value) => Buffer.from(JSON.stringify(value ?? null));
      child.#decode = (bytes) => JSON.parse(bytes.toString());
    }
    return child;
  }

  /** Sends bytes as they are. */
  raw(pipe: 'data' | 'control', bytes: Uint8Array): void {
    (pipe === 'data' ? this.#data : this.#control).write(bytes);
  }

  send(channel: number, kind: DataKind | CallKind, ...payload: readonly Uint8Array[]): void {
    const isData = kind <= DataKind.proposals;
    this.raw(isData ? 'data' : 'control', Buffer.concat(encodeFrame(channel, kind, ...payload)));
  }

  /** Sends a piece of data, and waits until it is handled. */
  async handle(channel: number, kind: DataKind, payload: Uint8Array): Promise<Float64Array> {
    this.send(channel, kind, payload);
    return this.handled(channel);
  }

  /** The next that it says to be handled: seq, milliseconds, heap and external bytes. */
  async handled(channel: number): Promise<Float64Array> {
    return numbersIn((await this.next(channel, ReplyKind.handled)).payload);
  }

  /** Sets an observer up. */
  async start(channel: number, module: URL, terms: Partial<StartTerms> = {}, options?: unknown) {
    const id = ++this.#lastId;
    const json = Buffer.from(JSON.stringify({ ...usualTerms, module: module.href, ...terms }));
    this.send(channel, CallKind.start, words(id, json.length), json, this.#encode(options));
    return (await this.#answer(channel, id)) as StartAnswer;
  }

  async query(channel: number, name: string, ...args: unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    const bytes = Buffer.from(name);
    this.send(channel, CallKind.query, words(id, bytes.length), bytes, this.#encode(args));
    return this.#answer(channel, id);
  }

  async ask(channel: number, method: Question['method']): Promise<unknown> {
    const id = ++this.#lastId;
    const question: Question = { method };
    this.send(channel, CallKind.ask, words(id), Buffer.from(JSON.stringify(question)));
    return this.#answer(channel, id);
  }

  /** Takes the next frame of a kind on a channel. */
  async next(channel: number, kind: ReplyKind): Promise<Reply> {
    return this.#take(`frame ${kind} comes`, (reply) => isOf(reply, channel, kind));
  }

  async failure(channel: number): Promise<FailureMessage> {
    const { payload } = await this.next(channel, ReplyKind.failed);
    return JSON.parse(payload.toString()) as FailureMessage;
  }

  /** Closes one of the pipes. */
  close(pipe: 'data' | 'control'): void {
    (pipe === 'data' ? this.#data : this.#control).destroy();
  }

  /** How it ended, once it has: its code, or the signal. */
  async end(): Promise<number | string> {
    const { process } = this;
    await until('it has ended', () => (process.exitCode ?? process.signalCode) !== null);
    return (process.exitCode ?? process.signalCode)!;
  }

  async #answer(channel: number, id: number): Promise<unknown> {
    const { kind, payload } = await this.#take('an answer comes', (reply) => {
      const isAnswer = isOf(reply, channel, ReplyKind.answer, ReplyKind.payload);
      return isAnswer && reply.payload.readUInt32LE() === id;
    });
    const bytes = payload.subarray(4);
    if (kind === ReplyKind.payload) return this.#decode(bytes);
    const { value, error } = JSON.parse(bytes.toString()) as {
      value?: unknown;
      error?: ErrorMessage;
    };
    if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
    return value;
  }

  async #take(what: string, isIt: (reply: Reply) => boolean): Promise<Reply> {
    let at = -1;
    await until(what, () => {
      at = this.replies.findIndex(isIt);
      const { exitCode, signalCode } = this.process;
      if (at < 0 && (exitCode ?? signalCode) !== null) {
        throw new Error(`it ended before ${what}: ${exitCode ?? signalCode}\n${this.stderr}`);
      }
      return at >= 0;
    });
    return this.replies.splice(at, 1)[0]!;
  }
}

const entry = fileURLToPath(
  new URL('../../packages/workers/lib/process/child/child-entry.js', import.meta.url),
);

const usualTerms: Omit<StartTerms, 'module'> = {
  name: 'driven',
  incarnation: 1,
  isVoter: false,
  ownThreads: false,
  maxCommands: 16,
  began: 0,
  hasOwnTime: false,
  space: undefined,
};

const isOf = ({ channel, kind }: Reply, of: number, ...kinds: readonly number[]): boolean =>
  channel === of && kinds.includes(kind);

/** Numbers of 32 bits. */
export function words(...numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

export function numbers(...given: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(given).buffer);
}

/** Numbers of 64 bits. */
export const numbersIn = (bytes: Buffer): Float64Array =>
  new Float64Array(Uint8Array.from(bytes).buffer);
