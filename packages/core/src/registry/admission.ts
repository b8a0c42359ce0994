import { PanoptesError, RateLimitError } from '../errors.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { RateLimiter } from '../peers/rate-limit.js';
import type { PlacedEntry, TimeBound } from '../peers/time-bound.js';
import { type Command, nodeIdOfStep, stagedEntries } from './commands.js';
import type { Committer } from './committer.js';
import { type DecisionContext, type Rules, decide } from './decide.js';
import type { StagedEntry, Staging } from './staging.js';
import type { Decision } from './transaction.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What admission works with. */
export interface AdmissionParts {
  readonly table: PeerTable;
  readonly committer: Committer;
  readonly staging: Staging;
  readonly limiter: RateLimiter;
  readonly times: TimeBound;
  readonly rules: Rules;
}

/** Where commands become transactions or are refused: rate limits, decision, size. Changes no peer. */
export class Admission {
  readonly #parts: AdmissionParts;
  /** One for all decisions: each is brought up to date before it. */
  readonly #context: Writable<DecisionContext>;
  /** Entries that a decision encoded beside those of its command. */
  #encoded: StagedEntry[] = [];
  readonly #stage = (entry: unknown, known: PlacedEntry): StagedEntry => {
    const staged = this.#parts.staging.stage(entry, known);
    this.#encoded.push(staged);
    return staged;
  };

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    const { table, rules } = parts;
    this.#context = { table, rules, now: 0, arriving: 0, stage: this.#stage };
  }

  /**
   * Takes a command from the rate limits, or says why it must not come yet.
   *
   * @param now - milliseconds that never go back, whatever happens to the date
   */
  admit(command: Command, now: number): RateLimitError | undefined {
    const { limiter } = this.#parts;
    if (!limiter.isOn || command.kind === 'cleanup') return undefined;
    const steps = command.kind === 'batch' ? command.steps : [command];
    for (const step of steps) {
      const nodeId = nodeIdOfStep(step);
      const waitMs = limiter.take(nodeId, now);
      if (waitMs === 0) continue;
      const whose = nodeId === undefined ? '' : ` at peer '${nodeId}'`;
      return new RateLimitError(
        `more commands than the rate limits allow${whose}; try again in ${waitMs} ms`,
        waitMs,
      );
    }
    return undefined;
  }

  /**
   * Decides an admitted command against the table as it is.
   *
   * @param arriving - peers that earlier transactions may add, which are not in the table yet
   * @returns its changes, none if it changes nothing, or why it is refused
   */
  decide(command: Command, now: number, arriving = 0): Decision {
    this.#parts.times.noteTime(now);
    this.#context.now = now;
    this.#context.arriving = arriving;
    const decision = decide(this.#context, command);
    if (decision instanceof PanoptesError) return decision;
    return this.#parts.committer.refusal(decision) ?? decision;
  }

  /** Hands over what the decision encoded, to whoever releases it later. */
  takeEncoded(): readonly StagedEntry[] {
    if (this.#encoded.length === 0) return none;
    const encoded = this.#encoded;
    this.#encoded = [];
    return encoded;
  }

  /** Gives back what the decisions encoded that nobody took over. */
  releaseEncoded(): void {
    if (this.#encoded.length === 0) return;
    for (const entry of this.#encoded) this.#parts.staging.release(entry);
    this.#encoded.length = 0;
  }

  /** Gives back the entries that a command brought. */
  release(command: Command, encoded: readonly StagedEntry[] = none): void {
    const { staging } = this.#parts;
    for (const entry of encoded) staging.release(entry);
    if (command.kind === 'upsert') staging.release(command.entry);
    else for (const entry of stagedEntries(command)) staging.release(entry);
  }
}

const none: readonly StagedEntry[] = [];
