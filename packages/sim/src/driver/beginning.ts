import { type Clock, nextTurn, peersDigest } from '@panoptes/core';
import {
  type ChurnEvent,
  type InjectedFault,
  LogBytes,
  PlainModel,
  type PlannedFault,
} from '@panoptes/testkit';
import { defineObserver } from '@panoptes/workers';
import { logName } from '../observers/log-name.js';
import type { VirtualClock } from '../time/virtual-clock.js';
import { InterruptedError } from './interrupted-error.js';
import { OtherRunError } from './other-run-error.js';
import type { PlayedChurn } from './played-churn.js';
import { type OnProgress, ProgressTeller } from './progress-teller.js';
import type { ObserverPort, RegistryPort } from './registry-port.js';

/**
 * The beginning of a run that an earlier life of its registry had played and stored. It is made again and
 * played into a plain model in place of the registry, whose peers must then be the model's: churn follows
 * from a scenario and its seed, so there is one state for each transaction. All that counts a run counts
 * it as well, and the log's digest goes on from it. Nothing is done in a run that begins at its start.
 */
export class Beginning {
  readonly #deps: BeginningDeps;
  readonly #struck: InjectedFault[] = [];
  /** What the log's digest is made of, as far as it was not handed over yet. */
  #bytes: Uint8Array[] = [];
  #byteCount = 0;

  private constructor(deps: BeginningDeps) {
    this.#deps = deps;
  }

  /**
   * Makes it again.
   *
   * @returns the faults that struck in it
   * @throws {OtherRunError} when the registry's peers are not those of this run
   * @throws {InterruptedError} when `signal` aborts before it is there
   */
  static async play(deps: BeginningDeps): Promise<readonly InjectedFault[]> {
    const beginning = new Beginning(deps);
    if (deps.registry.lastSeq > 0) await beginning.#play();
    return beginning.#struck;
  }

  async #play(): Promise<void> {
    const { churn, registry, virtual, apply, epochMs, clock } = this.#deps;
    const bytes = new LogBytes((some) => this.#keep(Uint8Array.from(some)));
    const model = await PlainModel.start([{ name: logName, definition: into(bytes) }], epochMs);
    const progress = new ProgressTeller(this.#deps.onProgress);
    while (model.seq < registry.lastSeq) {
      const event = await this.#next(model.seq);
      this.#strike(event.at, model.seq + 1);
      virtual.advanceTo(event.at);
      churn.send(event);
      for (const fed of [model.apply(event), apply?.(event)]) if (fed !== undefined) await fed;
      churn.count(event);
      if (churn.sent % eventsATurn !== 0) continue;
      await this.#handOver();
      await nextTurn();
      progress.tell({ events: churn.sent, online: churn.tally.online, at: event.at });
    }
    await progress.finish(clock);
    const { peers, sum } = await model.account();
    if (registry.digest() !== peersDigest(sum)) {
      throw this.#otherRun(
        `at transaction ${model.seq} this run has ${peers} peers, and the ${registry.peers.size} ` +
          'that are there are others',
      );
    }
    bytes.flush();
    await this.#handOver(model.seq);
  }

  async #next(seq: number): Promise<ChurnEvent> {
    const { churn, registry, signal } = this.#deps;
    const next = churn.next(signal);
    const event = next instanceof Promise ? await next : next;
    if (signal?.aborted === true) {
      throw new InterruptedError(
        `interrupted while the first ${registry.lastSeq} transactions were made again; the store is ` +
          'as it was',
      );
    }
    if (event !== undefined) return event;
    throw this.#otherRun(
      `it has come to transaction ${registry.lastSeq}, and this run ends at ${seq}`,
    );
  }

  /** What was struck then was struck before this transaction. */
  #strike(at: number, seq: number): void {
    const { faults } = this.#deps;
    for (let next; (next = faults[this.#struck.length]) !== undefined && next.atMs <= at;) {
      this.#struck.push({ ...next, seq });
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#bytes.push(bytes);
    this.#byteCount += bytes.length;
  }

  /** @param to - the last transaction, where this is all of it */
  async #handOver(to?: number): Promise<void> {
    if (to === undefined && this.#byteCount < bytesAtATime) return;
    const bytes = Buffer.concat(this.#bytes);
    this.#bytes = [];
    this.#byteCount = 0;
    // One that cannot be asked has no digest to give either, which says why.
    await this.#deps.log?.ask('goOn', [Uint8Array.from(bytes), to]).catch(() => undefined);
  }

  #otherRun(found: string): OtherRunError {
    return new OtherRunError(this.#deps.run, found);
  }
}

/** An observer that makes bytes of what it sees. */
const into = (bytes: LogBytes) =>
  defineObserver({
    name: logName,
    setup: () => undefined,
    onEvents(batch) {
      for (const event of batch) bytes.add(event);
    },
  });

/** Events between two turns of the event loop. */
const eventsATurn = 1_024;
/** Bytes handed to what follows the log at a time. */
const bytesAtATime = 1 << 18;

/** What the beginning of a run is made again with. */
export interface BeginningDeps {
  readonly churn: PlayedChurn;
  /** As it was restored. */
  readonly registry: Pick<RegistryPort, 'lastSeq' | 'digest' | 'peers'>;
  /** What follows the log, if anything does. */
  readonly log: ObserverPort | undefined;
  /** Has the run's own model take a change, if it has one. */
  readonly apply: ((event: ChurnEvent) => Promise<void> | undefined) | undefined;
  readonly virtual: VirtualClock;
  /** When virtual time begins, in Unix milliseconds. */
  readonly epochMs: number;
  /** Those of the run, in order of time. */
  readonly faults: readonly PlannedFault[];
  /** Which run it is, in words. */
  readonly run: string;
  /** Real time. */
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
}
