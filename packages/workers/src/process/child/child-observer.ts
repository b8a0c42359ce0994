import type { Writable } from 'node:stream';
import { refuseThreads } from '../../runtime/contained-code.js';
import { loadDefinition } from '../../runtime/load-definition.js';
import type { ObserverQuestions } from '../../runtime/observer-questions.js';
import { ObserverRuntime } from '../../runtime/observer-runtime.js';
import { unpack } from '../../runtime/payload.js';
import { type CommandOutcome, SentCommands } from '../../runtime/sent-commands.js';
import { memoryUse } from '../../runtime/thread-memory.js';
import { CallKind, ReplyKind } from '../frames.js';
import type { ProbeAnswer, Question, StartAnswer, StartTerms } from '../process-messages.js';
import { CallReader } from './call-reader.js';
import { ObserverData } from './observer-data.js';
import { ReplyChannel, wordOf } from './reply-channel.js';
import { StoredSpace } from './stored-space.js';
import { VoteBatch } from './vote-batch.js';

/** One incarnation of an observer in this process: what comes by its channel, and its answers. */
export class ChildObserver {
  readonly #replies: ReplyChannel;
  readonly #deps: ChildObserverDeps;
  readonly #data: ObserverData;
  readonly #commands: SentCommands;
  /** What it has stored, as far as it has come. */
  #state: Buffer[] = [];
  #space: StoredSpace | undefined;
  #runtime: ObserverRuntime | undefined;
  #isStarted = false;
  #isEnded = false;

  constructor(pipe: Writable, channel: number, deps: ChildObserverDeps) {
    const replies = new ReplyChannel(pipe, channel);
    this.#replies = replies;
    this.#deps = deps;
    this.#data = new ObserverData(replies, (bytes) => deps.holds(bytes));
    this.#commands = new SentCommands((id, command) =>
      replies.send(ReplyKind.command, wordOf(id), command),
    );
  }

  /**
   * Takes a frame of the data pipe.
   *
   * @throws {Error} when it makes no sense here
   */
  take(kind: number, payload: Buffer): void {
    this.#data.take(this.#started(), kind, payload);
  }

  /** Takes a frame of the control pipe, likewise. */
  call(kind: number, payload: Buffer): void {
    const call = new CallReader(payload);
    switch (kind) {
      case CallKind.state:
        this.#state.push(payload);
        return;
      case CallKind.start:
        return this.#start(call.word(), JSON.parse(call.text()) as StartTerms, call.rest());
      case CallKind.query: {
        const [id, name, args] = [call.word(), call.text(), call.rest()];
        return this.#replies.payload(id, this.#query(name, args));
      }
      case CallKind.ask:
        return this.#ask(call.word(), call.json() as Question);
      case CallKind.outcome: {
        const id = call.word();
        return this.#commands.settle({ ...(call.json() as Omit<CommandOutcome, 'id'>), id });
      }
      case CallKind.written:
        return this.#space?.written(call.word(), call.word() === 1);
      case CallKind.end:
        return this.#end();
      default:
        throw new Error(`a call of kind ${kind}`);
    }
  }

  #start(id: number, terms: StartTerms, options: Buffer): void {
    if (this.#isStarted) throw new Error('an observer that was started already');
    this.#isStarted = true;
    const { space, ownThreads } = terms;
    const state = Buffer.concat(this.#state);
    this.#state = [];
    if (state.length !== (space?.stateBytes ?? 0)) {
      throw new Error(`${state.length} bytes of state, where ${space?.stateBytes ?? 0} were due`);
    }
    this.#space = space && new StoredSpace(state, space.room, this.#replies);
    if (!ownThreads) refuseThreads();
    this.#replies.answer(id, this.#setUp(terms, options));
  }

  async #setUp(terms: StartTerms, options: Buffer): Promise<StartAnswer> {
    const given = unpack(options, 'options');
    const definition = await loadDefinition(terms.module);
    // Nothing of an observer is called after its end.
    if (this.#isEnded) throw new Error('the observer has ended');
    this.#runtime = new ObserverRuntime(
      definition,
      { ...terms, options: given },
      {
        send: this.#commands.send,
        shown: this.#data,
        votes: terms.isVoter ? new VoteBatch(this.#replies) : undefined,
        space: this.#space?.memory,
      },
    );
    return this.#runtime.setup();
  }

  #started(): ObserverRuntime {
    if (this.#runtime === undefined) throw new Error('the observer has not been started');
    return this.#runtime;
  }

  async #query(name: string, args: Buffer): Promise<Uint8Array> {
    const values = unpack(args, 'arguments') as unknown[];
    return this.#started().questions.query(name, values);
  }

  /** Asks it, if it has been started: an error is the caller's alone. */

  async #questions<T>(ask: (questions: ObserverQuestions) => Promise<T>): Promise<T> {
    return ask(this.#started().questions);
  }

  #ask(id: number, { method }: Question): void {
    switch (method) {
      case 'digest':
        return this.#replies.answer(
          id,
          this.#questions((asked) => asked.digest()),
        );
      case 'metrics':
        return this.#replies.payload(
          id,
          this.#questions((asked) => asked.metrics(0)),
        );
      // Also while it is set up, which may take long.
      case 'probe':
        return this.#replies.answer(id, Promise.resolve<ProbeAnswer>(memoryUse()));
      case 'stop':
        return this.#stop(id);
      default:
        throw new Error(`a question for '${String(method)}'`);
    }
  }

  #stop(id: number): void {
    this.#isEnded = true;
    this.#data.close();
    // Without a runtime its module is being loaded: there is nothing to tear down.
    const stopped = (async () => {
      await this.#runtime?.stop();
      this.#space?.end();
    })();
    this.#replies.answer(id, stopped);
    void stopped.then(
      () => this.#leave(),
      () => undefined,
    );
  }

  #end(): void {
    this.#isEnded = true;
    this.#data.close();
    void (async () => {
      await this.#runtime?.abandon();
      this.#space?.end();
      this.#leave();
    })();
  }

  #leave(): void {
    this.#replies.send(ReplyKind.ended);
    this.#deps.left();
  }
}

/** What an observer's process does for it. */
export interface ChildObserverDeps {
  /** So many bytes more, or less, wait to be handled by it. */
  holds(bytes: number): void;
  /** It has ended. */
  left(): void;
}
