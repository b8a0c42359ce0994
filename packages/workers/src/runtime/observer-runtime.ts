import { types } from 'node:util';
import {
  EventFilter,
  type FollowEnd,
  HealthBoard,
  type ObserverDescription,
  type LogMemory,
  type LogPoint,
  LogReader,
  type ProposalPoint,
  ReceivedRun,
  type Run,
  RunEvents,
  type SnapshotData,
  SnapshotView,
  type VotingMemory,
  attachLogMemory,
  follow,
  systemClock,
} from '@panoptes/core/observer';
import { CommandSender, type SendCommand } from './command-sender.js';
import type { StartMessage } from './control-api.js';
import type { AnyObserver, ObserverContext } from './define-observer.js';
import { ObserverQuestions } from './observer-questions.js';
import { ObserverSpace } from './observer-space.js';
import { storeOf } from './observer-store.js';
import { ReadWriteLock } from './read-write-lock.js';
import { ProposalVoting } from './proposal-voting.js';
import { RegistryTime } from './registry-time.js';
import { settling } from './settling.js';
import { StatePosition } from './state-position.js';
import { votingIn } from './voting-in.js';

/**
 * One incarnation of an observer at work, on whatever thread: owns its state, reads the log and
 * calls its handlers, one at a time, and its queries between them. After a handler has thrown
 * nothing of it is called any more, and nothing is answered: its host fails the calls that wait.
 */
export class ObserverRuntime {
  readonly #definition: AnyObserver;
  readonly #context: ObserverContext;
  readonly #log: LogMemory;
  readonly #time: RegistryTime;
  readonly #health: HealthBoard;
  readonly #showMemory: ((health: HealthBoard) => void) | undefined;
  readonly #events = new RunEvents();
  readonly #filter: EventFilter | undefined;
  #state: unknown;
  readonly #voting: VotingMemory | undefined;
  #reader: LogReader | undefined;
  /** Where a critical observer votes. */
  #proposals: ProposalVoting | undefined;
  /** Up to where the state has come. */
  readonly #position = new StatePosition();
  /** What it has stored, if it stores anything. */
  readonly #space: ObserverSpace | undefined;
  /** Over the state: handlers write it, queries read it. */
  readonly #lock = new ReadWriteLock();
  readonly #commands: CommandSender;
  /** What it is asked, between two calls of handlers. */
  readonly questions: ObserverQuestions;
  #stopping = false;
  #isPausing = false;
  #following: Promise<unknown> | undefined;

  #memoryShownAt = Number.NEGATIVE_INFINITY;

  /** @param showMemory - shows on the board how much its thread uses, if that can be told */
  constructor(
    definition: AnyObserver,
    start: StartMessage,
    send: SendCommand,
    showMemory?: (health: HealthBoard) => void,
  ) {
    const { name, options, incarnation, log, health, voting, maxCommands, space } = start;
    this.#definition = definition;
    this.#showMemory = showMemory;
    const { subscribe } = definition;
    this.#filter = subscribe === undefined ? undefined : new EventFilter(subscribe);
    this.#commands = new CommandSender(send, maxCommands, voting !== undefined);
    this.#log = attachLogMemory(log);
    this.#time = new RegistryTime(this.#log, this.#events);
    const now = (): number => this.#time.now();
    this.#space = space && new ObserverSpace(space);
    const store = this.#space && storeOf(this.#space);
    if (store?.cursor !== undefined) this.#position.enter(store.cursor);
    this.#context = { name, options, incarnation, registry: this.#commands, now, store };
    this.#health = new HealthBoard(health);
    this.#voting = voting;
    this.questions = new ObserverQuestions({
      definition,
      state: () => this.#state,
      position: this.#position,
      lock: this.#lock,
      commands: this.#commands,
    });
  }

  /** Makes the observer's state. */
  async setup(): Promise<ObserverDescription> {
    await this.#handle(async () => {
      this.#state = await this.#definition.setup(this.#context);
    });
    return {
      queries: Object.keys(this.#definition.queries ?? {}),
      hasDigest: this.#definition.digest !== undefined,
      hasProposal: this.#definition.onProposal !== undefined,
      metrics: Object.entries(this.#definition.metrics ?? {}).map(([id, metric]) => ({
        ...metric,
        id,
        read: undefined,
      })),
    };
  }

  /** Has the observer read a snapshot; it follows the log from there. */
  async load(snapshot: SnapshotData, line: number): Promise<void> {
    const peers = new SnapshotView(snapshot, this.#filter);
    this.#time.pass(peers.at);
    await this.#handle(() => {
      this.#position.enter(snapshot.point.seq);
      return this.#definition.onSnapshot?.(peers, this.#state, this.#context);
    });
    this.#position.tell();
    this.#space?.seal(snapshot.point.seq);
    this.resume(snapshot.point, line);
  }

  /** Has it handle what it has not of a run that was kept, as it came from a store. */
  replay(bytes: Uint8Array): Promise<void> {
    const replaying = this.#guarded(async () => {
      const parts = new ReceivedRun(bytes).after(this.#position.seq, runBytes);
      for (const run of parts) {
        if (this.#stopping) return;
        await this.#deliver(run, run.firstSeq, run.lastSeq, () => this.#reader?.heartbeat());
      }
    });
    this.#following = replaying;
    return replaying;
  }

  /** Has it follow the log from a point, up to which it has handled everything. */
  resume(from: LogPoint, line: number): void {
    // Ended meanwhile, its line may soon be another's: a reader would write into it.
    if (this.#stopping) return;
    if (this.#reader === undefined) this.#reader = new LogReader(this.#log, { from, line });
    else this.#reader.seek(from);
  }

  /** Follows the log until it ends, the observer pauses or stops, or the writer has overtaken it. */
  follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    this.#isPausing = false;
    this.#position.goOn();
    if (!this.#stopping) {
      this.#reader?.goOn();
      if (this.#voting !== undefined && proposals !== undefined) this.#sit(this.#voting, proposals);
    }
    const following = this.#guarded(() => this.#follow());
    this.#following = following;
    return following;
  }

  /** Ends the loop after the batch it is at, or the vote; `follow` enters it again. */
  pause(): void {
    this.#isPausing = true;
    this.#reader?.stop();
    this.#proposals?.close();
  }

  /**
   * Ends the loop after the batch it is at, then tears the observer down, and sends what it has stored.
   *
   * @throws what a handler threw; then there is no teardown
   */
  async stop(): Promise<void> {
    await this.#leave();
    await this.#lock.write(() => ended(settling(this.#definition.teardown?.(this.#state))));
    await this.#space?.finish();
  }

  /** Ends the loop after the batch it is at, without a teardown. Nothing of the observer runs then. */
  async abandon(): Promise<void> {
    this.#space?.close();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.pause();
    this.#stopping = true;
    await this.#following?.catch(() => undefined);
    try {
      await this.#lock.write(() => undefined);
    } catch {
      // It has failed; then nothing runs, either.
    }
  }

  async #follow(): Promise<FollowEnd> {
    const reader = this.#reader;
    const proposals = this.#proposals;
    if (reader === undefined) throw new Error('the observer has no snapshot to go on from');
    const end = await follow(reader, {
      take: (run) => this.#deliver(run, run.firstSeq, run.lastSeq, () => reader.advance()),
      ...(proposals !== undefined && votingIn(proposals, this.#lock, this.#health, this.#time)),
    });
    if (end !== 'ended' || !this.#isPausing) return end;
    // Who still waits when it stops hears of its end.
    if (!this.#stopping) this.#position.rest();
    return 'paused';
  }

  /**
   * Hands over what was read. Without a promise when the handler is done at once.
   *
   * @param done - called when it is
   */
  #deliver(run: Run, first: number, last: number, done: () => void): Promise<void> | undefined {
    this.#health.begin(first, last);
    let startedAt = systemClock.monotonic();
    const batch = this.#events.load(run, this.#filter);
    const delivered = (): void => {
      this.#time.pass(this.#events.lastTime);
      const now = systemClock.monotonic();
      this.#health.finish(now - startedAt);
      this.#space?.seal(last);
      done();
      this.#position.tell();
      if (now - this.#memoryShownAt < memoryEveryMs) return;
      this.#memoryShownAt = now;
      this.#showMemory?.(this.#health);
    };
    if (batch.size === 0) this.#position.enter(last);
    else {
      const handled = this.#handle(() => {
        startedAt = systemClock.monotonic();
        this.#position.enter(last);
        return this.#definition.onEvents(batch, this.#state, this.#context);
      });
      if (handled !== undefined) return handled.then(delivered);
    }
    delivered();
    return undefined;
  }

  /** Does what calls handlers of events. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Its state is not to be relied on any more, so it is not torn down either.
      this.#lock.poison(error);
      // The transaction that the handler was at, if it went through them one by one.
      const { currentSeq } = this.#events;
      if (currentSeq !== undefined) this.#health.begin(currentSeq, currentSeq);
      throw error;
    }
  }

  /** Begins to be asked about proposals, or goes on where it stands after a resync. */
  #sit(voting: VotingMemory, from: ProposalPoint): void {
    this.#proposals?.seek(from);
    this.#proposals ??= new ProposalVoting(voting, from, {
      propose: (proposal) => {
        // One that answers one after another is slow, not stuck, however large the group.
        this.#reader?.heartbeat();
        this.#time.propose(proposal.at);
        return this.#commands.during(() =>
          this.#definition.onProposal!(proposal, this.#state, this.#context),
        );
      },
      aborted: (ids) =>
        this.#commands.during(() => this.#definition.onAborted?.(ids, this.#state, this.#context)),
    });
  }

  /** Calls a handler when nothing else of the observer runs. Without a promise if it is done at once. */
  #handle(handler: () => unknown): Promise<undefined> | undefined {
    return this.#lock.write(() => ended(this.#commands.during(handler)));
  }
}

/** What came from a store is handed over in parts as large as what is read from the log. */
const runBytes = 64 * 1024;
/** Its memory is shown no more often than this: asking V8 takes some microseconds. */
const memoryEveryMs = 50;

/** What a handler returned is of no interest, but when it ends. */
const ended = (returned: unknown): Promise<undefined> | undefined =>
  types.isPromise(returned) ? (returned as Promise<undefined>) : undefined;
