import {
  type FollowEnd,
  HealthBoard,
  type LogMemory,
  type LogPoint,
  LogReader,
  type ObserverDescription,
  type ProposalPoint,
  ReceivedRun,
  type SnapshotData,
  VoteCaster,
  attachLogMemory,
  follow,
} from '@panoptes/core/observer';
import type { SendCommand } from './command-sender.js';
import type { StartMessage } from './control-api.js';
import type { AnyObserver } from './define-observer.js';
import type { ObserverQuestions } from './observer-questions.js';
import { ObserverRuntime } from './observer-runtime.js';
import { ProposalFeed } from './proposal-feed.js';
import { votingIn } from './voting-in.js';

/** One incarnation of an observer that follows the log in shared memory, on whatever thread. */
export class LogObserver {
  readonly #runtime: ObserverRuntime;
  readonly #log: LogMemory;
  readonly #health: HealthBoard;
  #reader: LogReader | undefined;
  /** The proposal log, for a critical observer. */
  readonly #proposalLog: LogMemory | undefined;
  #proposals: ProposalFeed | undefined;
  #isPausing = false;

  /** @param showMemory - shows on the board how much its thread uses, if that can be told */
  constructor(
    definition: AnyObserver,
    start: StartMessage,
    send: SendCommand,
    showMemory?: (health: HealthBoard) => void,
  ) {
    const log = attachLogMemory(start.log);
    const health = new HealthBoard(start.health);
    const { voting, space } = start;
    this.#log = log;
    this.#health = health;
    this.#proposalLog = voting && attachLogMemory(voting.proposals);
    const { hasOwnTime, began } = log;
    this.#runtime = new ObserverRuntime(
      definition,
      { ...start, hasOwnTime, began },
      {
        send,
        shown: {
          begin: (first, last) => health.begin(first, last),
          finish: (durationMs) => health.finish(durationMs),
          turn: () => this.#reader?.heartbeat(),
          measure: showMemory && (() => showMemory(health)),
        },
        votes: voting && new VoteCaster(voting.box, this.#proposalLog!.words),
        space,
      },
    );
  }

  /** What it is asked, between two calls of handlers. */
  get questions(): ObserverQuestions {
    return this.#runtime.questions;
  }

  /** Makes the observer's state. */
  setup(): Promise<ObserverDescription> {
    return this.#runtime.setup();
  }

  /** Has the observer read a snapshot; it follows the log from there. */
  async load(snapshot: SnapshotData, line: number): Promise<void> {
    await this.#runtime.load(snapshot);
    this.resume(snapshot.point, line);
  }

  /** Has it handle what it has not of a run that was kept, as it came from a store. */
  async replay(bytes: Uint8Array): Promise<void> {
    await this.#runtime.replay(new ReceivedRun(bytes));
  }

  /** Has it follow the log from a point, up to which it has handled everything. */
  resume(from: LogPoint, line: number): void {
    // Ended meanwhile, its line may soon be another's: a reader would write into it.
    if (this.#runtime.isStopping) return;
    if (this.#reader === undefined) this.#reader = new LogReader(this.#log, { from, line });
    else this.#reader.seek(from);
  }

  /** Follows the log until it ends, the observer pauses or stops, or the writer has overtaken it. */
  follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    this.#isPausing = false;
    this.#runtime.goOn();
    if (!this.#runtime.isStopping) {
      this.#reader?.goOn();
      if (this.#proposalLog !== undefined && proposals !== undefined) {
        this.#proposals?.seek(proposals);
        this.#proposals ??= new ProposalFeed(this.#proposalLog, proposals);
      }
    }
    return this.#runtime.working(() => this.#follow());
  }

  /** Ends the loop after the batch it is at, or the vote; `follow` enters it again. */
  pause(): void {
    this.#isPausing = true;
    this.#reader?.stop();
    this.#runtime.pause();
    this.#proposals?.close();
  }

  /**
   * Ends the loop after the batch it is at, then tears the observer down, and sends what it has stored.
   *
   * @throws what a handler threw; then there is no teardown
   */
  stop(): Promise<void> {
    this.pause();
    return this.#runtime.stop();
  }

  /** Ends the loop after the batch it is at, without a teardown. Nothing of the observer runs then. */
  abandon(): Promise<void> {
    this.pause();
    return this.#runtime.abandon();
  }

  async #follow(): Promise<FollowEnd> {
    const reader = this.#reader;
    const proposals = this.#proposals;
    if (reader === undefined) throw new Error('the observer has no snapshot to go on from');
    const runtime = this.#runtime;
    const advance = (): void => reader.advance();
    const end = await follow(reader, {
      take: (run) => runtime.take(run, run.firstSeq, run.lastSeq, advance),
      ...(proposals !== undefined && votingIn(proposals, runtime, this.#health)),
    });
    if (end !== 'ended' || !this.#isPausing) return end;
    runtime.rest();
    return 'paused';
  }
}
