import {
  type CommandGate,
  type ExitReason,
  type FollowEnd,
  HealthBoard,
  type HostFactory,
  type LogBuffer,
  type LogPoint,
  type MetricsAnswer,
  type ObserverCrashedError,
  type ObserverDescription,
  type ObserverHost,
  type ObserverSpec,
  type ProposalPoint,
  type SnapshotData,
  type SpaceMemory,
  type VotingMemory,
} from '@panoptes/core';
import type { SendCommand } from '../runtime/command-sender.js';
import { packError, unpackError } from '../runtime/control-errors.js';
import { packJson, unpackJson } from '../runtime/json-message.js';
import { loadDefinition } from '../runtime/load-definition.js';
import { LogObserver } from '../runtime/log-observer.js';
import { packArguments, unpack } from '../runtime/payload.js';
import { maxCommandBytes } from '../runtime/sent-commands.js';
import { checkDescription, checkDigest, checkMetrics } from './answer-checks.js';

/**
 * An observer on the registry's own thread, reading the same log: for tests, for simulations that
 * must be replayable, and for measuring what isolation costs. It is not isolated: one that hangs
 * hangs the registry, and killing it ends its loop only.
 */
class InlineHost implements ObserverHost {
  readonly exited: Promise<ExitReason>;
  readonly health = new HealthBoard();
  /** Its memory is the registry's and cannot be told from it. */
  readonly measure = undefined;
  readonly #spec: ObserverSpec;
  readonly #incarnation: number;
  readonly #log: LogBuffer;
  readonly #commands: CommandGate;
  readonly #voting: VotingMemory | undefined;
  readonly #space: SpaceMemory | undefined;
  #exit!: (reason: ExitReason) => void;
  #death: ObserverCrashedError | undefined;
  #isStopped = false;
  #ending: Promise<void> | undefined;
  /** How to fail each call that is under way. */
  readonly #failing = new Set<(error: Error) => void>();
  #observer: LogObserver | undefined;

  constructor(
    spec: ObserverSpec,
    incarnation: number,
    log: LogBuffer,
    commands: CommandGate,
    voting?: VotingMemory,
    space?: SpaceMemory,
  ) {
    this.#spec = spec;
    this.#incarnation = incarnation;
    this.#log = log;
    this.#commands = commands;
    this.#voting = voting;
    this.#space = space;
    this.exited = new Promise((resolve) => (this.#exit = resolve));
  }

  start(): Promise<ObserverDescription> {
    return this.#alive(async () => checkDescription(await inOwnWords(this.#setUp())));
  }

  load(snapshot: SnapshotData, line: number): Promise<void> {
    return this.#running((observer) => inOwnWords(observer.load(snapshot, line)));
  }

  replay(run: Uint8Array): Promise<void> {
    return this.#running((observer) => inOwnWords(observer.replay(run)));
  }

  resume(from: LogPoint, line: number): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
    return this.#running(async (observer) => observer.resume(from, line));
  }

  follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    return this.#running((observer) => inOwnWords(observer.follow(proposals)));
  }

  pause(): Promise<void> {
    // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
    return this.#running(async (observer) => observer.pause());
  }

  query(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#running(async (observer) => {
      const copies = unpack(packArguments(args), 'arguments') as unknown[];
      return unpack(await inOwnWords(observer.questions.query(name, copies)), 'an answer');
    });
  }

  digest(): Promise<string> {
    return this.#running(async (observer) =>
      checkDigest(await inOwnWords(observer.questions.digest())),
    );
  }

  metrics(after: number): Promise<MetricsAnswer> {
    return this.#running(async (observer) => {
      const bytes = await inOwnWords(observer.questions.metrics(after));
      return checkMetrics(unpack(bytes, 'an answer'));
    });
  }

  activity(): undefined {
    return undefined;
  }

  probe(): Promise<void> {
    return this.#alive(() => Promise.resolve());
  }

  async stop(): Promise<void> {
    // Without an observer its module is being loaded: there is nothing to tear down.
    await this.#alive(async (observer) => observer && inOwnWords(observer.stop()));
    this.#isStopped = true;
  }

  kill(reason: ObserverCrashedError): Promise<void> {
    this.#ending ??= this.#end(reason);
    return this.#ending;
  }

  async #setUp(): Promise<ObserverDescription> {
    const { module, name, options, ownThreads } = this.#spec;
    const definition = await loadDefinition(module);
    // Nothing of an observer is called after its end.
    if (this.#death !== undefined) throw this.#death;
    const incarnation = this.#incarnation;
    // Its options are a copy here too, as they would be on a thread.
    const start = {
      module,
      name,
      options: structuredClone(options),
      ownThreads,
      incarnation,
      log: this.#log,
      health: this.health.buffer,
      voting: this.#voting,
      space: this.#space,
      maxCommands: this.#commands.limit,
    };
    // Commands are copies as well, both ways.
    const send: SendCommand = async (command) => {
      const bytes = packJson(command, 'a command', maxCommandBytes);
      return structuredClone(await this.#commands.take(() => unpackJson(bytes, 'a command')));
    };
    // Memory is not shown: the limit would be compared with all that this program uses.
    this.#observer = new LogObserver(definition, start, send);
    return this.#observer.setup();
  }

  /**
   * The end has come when the handler that may be running has settled: later its line in the log may
   * be another's, and must not be written to.
   */
  async #end(reason: ObserverCrashedError): Promise<void> {
    this.#death = reason;
    for (const fail of this.#failing) fail(reason);
    await this.#observer?.abandon();
    const code = this.#isStopped ? 'stopped' : 'killed';
    this.#exit({ normal: this.#isStopped, code, error: undefined });
  }

  /** A call of an observer that has been started. */
  #running<T>(call: (observer: LogObserver) => Promise<T>): Promise<T> {
    return this.#alive(async (observer) => {
      if (observer === undefined) throw new Error('the observer has not been started');
      return call(observer);
    });
  }

  /**
   * A call under way fails at the end. It does not race a promise of the end, which would remember
   * every call until then.
   */
  #alive<T>(call: (observer: LogObserver | undefined) => Promise<T>): Promise<T> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      const running = call(this.#observer).then(resolve, reject);
      this.#failing.add(reject);
      void running.finally(() => this.#failing.delete(reject));
    });
  }
}

/** What observer's code throws arrives as it would from a thread: as a copy. */
async function inOwnWords<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unpackError(packError(error));
  }
}

/** Runs every observer on the registry's thread. */
export const inlineHost: HostFactory = (...incarnation) => new InlineHost(...incarnation);
