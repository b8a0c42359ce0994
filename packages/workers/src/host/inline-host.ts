import {
  type CommandGate,
  type ExitReason,
  HealthBoard,
  type HostFactory,
  type LogBuffer,
  ObserverCrashedError,
  type ObserverDescription,
  type ObserverHost,
  type ObserverSpec,
  type ProposalPoint,
  type SnapshotData,
  type VotingMemory,
} from '@panoptes/core';
import type { SendCommand } from '../runtime/command-sender.js';
import { loadDefinition } from '../runtime/load-definition.js';
import { ObserverRuntime } from '../runtime/observer-runtime.js';
import { checkDigest } from './answer-checks.js';

/**
 * An observer on the registry's own thread, reading the same log: for tests, for simulations that
 * must be replayable, and for measuring what isolation costs. It has no wall around it: one that
 * hangs hangs the registry, and killing it ends its loop only.
 */
class InlineHost implements ObserverHost {
  readonly exited: Promise<ExitReason>;
  readonly health = new HealthBoard();
  /** Its memory is the registry's: nobody can tell which is whose. */
  readonly measure = undefined;
  readonly #spec: ObserverSpec;
  readonly #incarnation: number;
  readonly #log: LogBuffer;
  readonly #commands: CommandGate;
  readonly #voting: VotingMemory | undefined;
  #exit!: (reason: ExitReason) => void;
  #death: ObserverCrashedError | undefined;
  #ending: Promise<void> | undefined;
  /** How to fail each call that is under way. */
  readonly #failing = new Set<(error: Error) => void>();
  #runtime: ObserverRuntime | undefined;

  constructor(
    spec: ObserverSpec,
    incarnation: number,
    log: LogBuffer,
    commands: CommandGate,
    voting?: VotingMemory,
  ) {
    this.#spec = spec;
    this.#incarnation = incarnation;
    this.#log = log;
    this.#commands = commands;
    this.#voting = voting;
    this.exited = new Promise((resolve) => (this.#exit = resolve));
  }

  start(): Promise<ObserverDescription> {
    return this.#alive(async () => {
      const { module, name, options } = this.#spec;
      const definition = await loadDefinition(module);
      const incarnation = this.#incarnation;
      // Its options are a copy here too, as they would be on a thread.
      const start = {
        module,
        name,
        options: structuredClone(options),
        incarnation,
        log: this.#log,
        health: this.health.buffer,
        voting: this.#voting,
        maxCommands: this.#commands.limit,
      };
      // Commands are copies as well, both ways.
      const send: SendCommand = async (command) =>
        structuredClone(await this.#commands.take(structuredClone(command)));
      // Without a word on memory: a limit would be held against all that this program uses.
      this.#runtime = new ObserverRuntime(definition, start, send);
      return this.#runtime.setup();
    });
  }

  load(snapshot: SnapshotData, line: number): Promise<void> {
    return this.#alive((runtime) => runtime.load(snapshot, line));
  }

  follow(proposals?: ProposalPoint): Promise<'lapped' | 'ended'> {
    return this.#alive((runtime) => runtime.follow(proposals));
  }

  query(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#alive(async (runtime) =>
      structuredClone(await runtime.query(name, structuredClone(args))),
    );
  }

  digest(): Promise<string> {
    return this.#alive(async (runtime) => checkDigest(await runtime.digest()));
  }

  activity(): undefined {
    return undefined;
  }

  probe(): Promise<void> {
    return this.#alive(() => Promise.resolve());
  }

  async stop(): Promise<void> {
    await this.#alive((runtime) => runtime.stop());
    await this.#end('stopped');
  }

  kill(): Promise<void> {
    return this.#end('killed');
  }

  /** It ends once: later its line in the log may be another's, and must not be written to. */
  #end(code: 'stopped' | 'killed'): Promise<void> {
    this.#ending ??= this.#endOnce(code);
    return this.#ending;
  }

  /** Calls fail from now on; the end has come when the handler that may be running has settled. */
  async #endOnce(code: 'stopped' | 'killed'): Promise<void> {
    this.#death ??= new ObserverCrashedError(`observer '${this.#spec.name}' has ended (${code})`);
    for (const fail of this.#failing) fail(this.#death);
    await this.#runtime?.abandon();
    this.#exit({ normal: code === 'stopped', code, error: undefined });
  }

  /**
   * A call under way fails at the end. It does not race a promise of the end, which would remember
   * every call until then.
   */
  #alive<T>(call: (runtime: ObserverRuntime) => Promise<T>): Promise<T> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    return new Promise((resolve, reject) => {
      const running = call(this.#runtime!).then(resolve, reject);
      this.#failing.add(reject);
      void running.finally(() => this.#failing.delete(reject));
    });
  }
}

/** Runs every observer on the registry's thread. */
export const inlineHost: HostFactory = (...incarnation) => new InlineHost(...incarnation);
