import {
  type ExitReason,
  type FollowEnd,
  HealthBoard,
  type HostFactory,
  type LogPoint,
  type MemoryUse,
  type MetricsAnswer,
  type ObserverCrashedError,
  type ObserverDescription,
  type ObserverHost,
  type ProposalPoint,
  type SnapshotData,
  type ThreadActivity,
  inMicrotask,
} from '@panoptes/core';
import { type Remote, releaseProxy, wrap } from 'comlink';
import type { ControlApi, StartMessage } from '../runtime/control-api.js';
import type { LineMessage } from '../runtime/line-message.js';
import { packArguments, unpack } from '../runtime/payload.js';
import { installThrowHandler } from '../runtime/throw-handler.js';
import { AnswerReader } from './answer-reader.js';
import { checkDescription, checkDigest, checkEnd, checkMetrics } from './answer-checks.js';
import { SafeEndpoint } from './safe-endpoint.js';

installThrowHandler();

/** An observer that does not run on this thread: its host calls it over a line. */
export abstract class RemoteHost<Api extends ControlApi = ControlApi> implements ObserverHost {
  readonly exited: Promise<ExitReason>;
  readonly health = new HealthBoard();
  abstract readonly measure: (() => Promise<MemoryUse>) | undefined;
  /** The other end of the line. */
  protected readonly line: LineMessage;
  /** Held as long as the incarnation runs: when it is collected, Comlink disconnects its other end. */
  protected readonly control: Remote<Api>;
  /** Whether it was told to end, and how. */
  protected ending: 'stopped' | 'killed' | undefined;
  readonly #start: StartMessage;
  readonly #endpoint: SafeEndpoint;
  #resolve!: (reason: ExitReason) => void;
  /** Set at its end: what every call that it did not answer fails with. */
  #death: ObserverCrashedError | undefined;

  /** @param broken - called once, when what comes over the line is not what its runtime sends */
  constructor(
    [spec, incarnation, log, commands, voting, space]: HostedIncarnation,
    broken: (error: Error) => void,
  ) {
    const { module, name, options, ownThreads } = spec;
    const { limit: maxCommands } = commands;
    const health = this.health.buffer;
    this.#start = {
      module,
      name,
      options,
      ownThreads,
      incarnation,
      log,
      voting,
      space,
      health,
      maxCommands,
    };
    this.#endpoint = new SafeEndpoint({ commands, broken });
    this.line = this.#endpoint.line;
    // Comlink's own type of a proxy of what is not known yet says nothing.
    this.control = wrap<Api>(this.#endpoint);
    this.exited = new Promise((resolve) => (this.#resolve = resolve));
  }

  abstract activity(): ThreadActivity;

  abstract kill(reason: ObserverCrashedError): Promise<void>;

  start(): Promise<ObserverDescription> {
    return this.alive(async () => checkDescription(await this.control.start(this.#start)));
  }

  load(snapshot: SnapshotData, line: number): Promise<void> {
    return this.alive(() => this.control.load(snapshot, line));
  }

  replay(run: Uint8Array): Promise<void> {
    return this.alive(() => this.control.replay(run));
  }

  resume(from: LogPoint, line: number): Promise<void> {
    return this.alive(() => this.control.resume(from, line));
  }

  follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    return this.alive(async () => checkEnd(await this.control.follow(proposals)));
  }

  pause(): Promise<void> {
    return this.alive(() => this.control.pause());
  }

  query(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.alive(async () =>
      answers.take(await this.control.query(name, packArguments(args))),
    );
  }

  digest(): Promise<string> {
    return this.alive(async () => checkDigest(await this.control.digest()));
  }

  metrics(after: number): Promise<MetricsAnswer> {
    return this.alive(async () =>
      checkMetrics(await answers.take(await this.control.metrics(after))),
    );
  }

  probe(): Promise<void> {
    return this.alive(() => this.control.probe());
  }

  async stop(): Promise<void> {
    await this.alive(() => this.control.stop());
    this.ending ??= 'stopped';
  }

  /** It answers nothing any more, whether it has ended or not. */
  protected die(reason: ObserverCrashedError): void {
    this.#death ??= reason;
    this.#endpoint.end(this.#death);
  }

  /** It has ended: nothing of it runs any more. */
  protected exit(reason: ExitReason, death: ObserverCrashedError): void {
    this.die(death);
    // After the failures that were just sent: Comlink forgets waiting calls when it is released.
    inMicrotask(() => this.control[releaseProxy]());
    this.#resolve(reason);
  }

  /**
   * The endpoint fails every call that is left unanswered; here it fails with the reason itself. No race
   * against a promise of the end, which would remember every call until then.
   */
  protected async alive<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw this.#death ?? error;
    }
  }
}

/** What a `HostFactory` is given. */
export type HostedIncarnation = Parameters<HostFactory>;

/** Of all observers, for there is one thread that reads them. */
const answers = new AnswerReader((bytes) => unpack(bytes, 'an answer'));
