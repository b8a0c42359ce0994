import { types } from 'node:util';
import {
  EventFilter,
  type FormattedRun,
  type ObserverDescription,
  type Run,
  RunEvents,
  type SnapshotBytes,
  SnapshotView,
  type SpaceMemory,
  systemClock,
} from '@panoptes/core/observer';
import { CommandSender, type SendCommand } from './command-sender.js';
import type { AnyObserver, ObserverContext } from './define-observer.js';
import { ObserverQuestions } from './observer-questions.js';
import { ObserverSpace } from './observer-space.js';
import { storeOf } from './observer-store.js';
import { ProposalVoting, type Votes } from './proposal-voting.js';
import { ReadWriteLock } from './read-write-lock.js';
import { RegistryTime, type TimeTerms } from './registry-time.js';
import { settling } from './settling.js';
import { StatePosition } from './state-position.js';

/**
 * One incarnation of an observer at work, wherever it is and however it gets what it handles: owns its
 * state and calls its handlers, one at a time, and its queries between them. After a handler has thrown
 * nothing of it is called any more, and nothing is answered: its host fails the calls that wait.
 */
export class ObserverRuntime {
  readonly #definition: AnyObserver;
  readonly #context: ObserverContext;
  readonly #time: RegistryTime;
  readonly #shown: WorkShown;
  readonly #events = new RunEvents();
  readonly #filter: EventFilter | undefined;
  #state: unknown;
  /** How a critical observer votes. */
  readonly #voting: ProposalVoting | undefined;
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
  #work: Promise<unknown> | undefined;
  #memoryShownAt = Number.NEGATIVE_INFINITY;

  constructor(definition: AnyObserver, terms: RuntimeTerms, surroundings: Surroundings) {
    const { name, options, incarnation, maxCommands } = terms;
    const { send, shown, votes, space } = surroundings;
    this.#definition = definition;
    this.#shown = shown;
    const { subscribe } = definition;
    this.#filter = subscribe === undefined ? undefined : new EventFilter(subscribe);
    this.#commands = new CommandSender(send, maxCommands, votes !== undefined);
    this.#time = new RegistryTime(terms, this.#events);
    const now = (): number => this.#time.now();
    this.#space = space && new ObserverSpace(space);
    const store = this.#space && storeOf(this.#space);
    if (store?.cursor !== undefined) this.#position.enter(store.cursor);
    this.#context = { name, options, incarnation, registry: this.#commands, now, store };
    this.#voting = votes && this.#votingBy(votes);
    this.questions = new ObserverQuestions({
      definition,
      state: () => this.#state,
      position: this.#position,
      lock: this.#lock,
      commands: this.#commands,
    });
  }

  /** Whether it was told to stop: nothing more is to be handed to it. */
  get isStopping(): boolean {
    return this.#stopping;
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

  /** Has the observer read a snapshot. */
  async load(snapshot: SnapshotBytes): Promise<void> {
    const peers = new SnapshotView(snapshot, this.#filter);
    this.#time.pass(peers.at);
    await this.#handle(() => {
      this.#position.enter(snapshot.point.seq);
      return this.#definition.onSnapshot?.(peers, this.#state, this.#context);
    });
    this.#position.tell();
    this.#space?.seal(snapshot.point.seq);
  }

  /** Has it handle what it has not of a run in the run format. Once it stops, nothing more of that. */
  replay(run: FormattedRun): Promise<void> {
    return this.working(async () => {
      for (const part of run.after(this.#position.seq, partBytes)) {
        if (this.#stopping) return;
        await this.take(part, part.firstSeq, part.lastSeq, () => this.#shown.turn());
      }
    });
  }

  /**
   * Has it handle transactions. Without a promise when its handler is done at once. To be called within
   * `working`.
   *
   * @param done - called when it is
   */
  take(run: Run, first: number, last: number, done: () => void): Promise<void> | undefined {
    this.#shown.begin(first, last);
    let startedAt = systemClock.monotonic();
    const batch = this.#events.load(run, this.#filter);
    const delivered = (): void => {
      this.#time.pass(this.#events.lastTime);
      const now = systemClock.monotonic();
      this.#shown.finish(now - startedAt);
      this.#space?.seal(last);
      done();
      this.#position.tell();
      if (now - this.#memoryShownAt < memoryEveryMs) return;
      this.#memoryShownAt = now;
      this.#shown.measure?.();
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

  /** Has a critical observer vote on the proposals of a run, after all that was committed before them. */
  async vote(run: Run): Promise<void> {
    await this.#lock.write(() => this.#voting!.vote(run));
    this.#time.propose(undefined);
  }

  /** Does what calls handlers of events, one such thing at a time. */
  working<T>(work: () => Promise<T>): Promise<T> {
    const working = this.#guarded(work);
    this.#work = working;
    return working;
  }

  /** It votes on nothing more of what it was handed. */
  pause(): void {
    this.#voting?.close();
  }

  /** Nothing more comes for now: who waits for it is refused. Who still waits when it stops hears of its end. */
  rest(): void {
    if (!this.#stopping) this.#position.rest();
  }

  /** More comes. */
  goOn(): void {
    this.#position.goOn();
    if (!this.#stopping) this.#voting?.open();
  }

  /**
   * Tears the observer down when what it is at has been done, and sends what it has stored.
   *
   * @throws what a handler threw; then there is no teardown
   */
  async stop(): Promise<void> {
    await this.#leave();
    await this.#lock.write(() => ended(settling(this.#definition.teardown?.(this.#state))));
    await this.#space?.finish();
  }

  /** Resolves when what it is at has been done, without a teardown. Nothing of the observer runs then. */
  async abandon(): Promise<void> {
    this.#space?.close();
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.pause();
    this.#stopping = true;
    await this.#work?.catch(() => undefined);
    try {
      await this.#lock.write(() => undefined);
    } catch {
      // It has failed; then nothing runs, either.
    }
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Its state is not to be relied on any more, so it is not torn down either.
      this.#lock.poison(error);
      // The transaction that the handler was at, if it went through them one by one.
      const { currentSeq } = this.#events;
      if (currentSeq !== undefined) this.#shown.begin(currentSeq, currentSeq);
      throw error;
    }
  }

  #votingBy(votes: Votes): ProposalVoting {
    return new ProposalVoting(votes, {
      propose: (proposal) => {
        // One that answers one after another is slow, not stuck, however large the group.
        this.#shown.turn();
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

/** What an incarnation is told of itself and of the log. */
export interface RuntimeTerms extends TimeTerms {
  readonly name: string;
  readonly options: unknown;
  readonly incarnation: number;
  /** Most commands that may wait for their outcome. */
  readonly maxCommands: number;
}

/** What an observer at work has around it. */
export interface Surroundings {
  /** Brings its commands to the registry. */
  readonly send: SendCommand;
  readonly shown: WorkShown;
  /** Where a critical observer's votes go. */
  readonly votes: Votes | undefined;
  /** What it has stored; only of one that stores something. */
  readonly space: SpaceMemory | undefined;
}

/** Where it is shown what an observer is at. */
export interface WorkShown {
  /** A handler is about to get these transactions, or has failed at one of them. */
  begin(first: number, last: number): void;
  /** The handler has finished them. */
  finish(durationMs: number): void;
  /** It turns, though it is at something larger. */
  turn(): void;
  /** Called now and then: shows how much memory it uses, where that can be told. */
  readonly measure: (() => void) | undefined;
}

/** What comes in one piece is handed over in parts as large as what is read from the log. */
const partBytes = 64 * 1024;
/** Its memory is shown no more often than this: asking V8 takes some microseconds. */
const memoryEveryMs = 50;

/** What a handler returned is of no interest, but when it ends. */
const ended = (returned: unknown): Promise<undefined> | undefined =>
  types.isPromise(returned) ? (returned as Promise<undefined>) : undefined;
