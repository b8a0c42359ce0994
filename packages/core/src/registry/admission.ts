import { PanoptesError, RateLimitError, TransactionTooLargeError } from '../errors.js';
import { UNIT_BYTES } from '../log/log-layout.js';
import { maxPayloadBytes, maxTransactionUnits, recordUnits } from '../log/log-memory.js';
import {
  type Decision,
  type Transaction,
  UpdateChange,
  noneEncoded,
  transactionOf,
} from '../log/transaction.js';
import type { PeerTable } from '../peers/peer-table.js';
import type { RateLimiter } from '../peers/rate-limit.js';
import type { TimeBound } from '../peers/time-bound.js';
import { type Command, nodeIdOfStep, releaseEntries } from './commands.js';
import { type DecisionContext, type Rules, decide } from './decide.js';
import type { StagedEntry, Staging } from '../peers/staging.js';

/** Where commands become transactions or are refused: rate limits, decision, size. Changes no peer. */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #mostPayload: number;
  readonly #mostUnits: number;
  /** One for all decisions: each is brought up to date before it. */
  readonly #context: Writable<DecisionContext>;
  /** The transaction of an update alone that is decided and committed before the next one. */
  readonly #update: Writable<Transaction> = {
    changes: new UpdateChange().alone,
    units: 0,
    encoded: noneEncoded,
  };
  readonly #sameUpdate = (): UpdateChange => this.#update.changes[0] as UpdateChange;
  /** Entries that the decision being made encoded beside those of its command. */
  #encoded: StagedEntry[] | undefined;
  readonly #stage: DecisionContext['stage'] = (entry, known) =>
    this.#noted(this.#deps.staging.stage(entry, known));
  readonly #stageWhole: DecisionContext['stageWhole'] = (entry, known) =>
    this.#noted(this.#deps.staging.stageWhole(entry, known));
  readonly #stagePatched: DecisionContext['stagePatched'] = (patch, known, nodeId) =>
    this.#noted(this.#deps.staging.stagePatched(patch, known, nodeId));

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    const { table, rules } = deps;
    this.#mostPayload = maxPayloadBytes(rules.logBytes);
    this.#mostUnits = maxTransactionUnits(rules.logBytes);
    const staging = {
      stage: this.#stage,
      stageWhole: this.#stageWhole,
      stagePatched: this.#stagePatched,
    };
    this.#context = { table, rules, now: 0, arriving: 0, newUpdate: anotherUpdate, ...staging };
  }

  /**
   * Counts a command against the rate limits, or says why it must not come yet.
   *
   * @param now - milliseconds that never go back, whatever happens to the date
   */
  admit(command: Command, now: number): RateLimitError | undefined {
    const { limiter } = this.#deps;
    if (!limiter.isOn || command.kind === 'cleanup' || command.kind === 'replicate') {
      return undefined;
    }
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
   * Decides an admitted command against the table as it is. To be committed or dropped before the next
   * one is decided, for its transaction may be the same object.
   *
   * @returns the transaction, or why it is refused
   */
  decide(command: Command, now: number): Decision {
    return this.#decide(command, now, 0, this.#sameUpdate);
  }

  /**
   * Decides a command whose transaction is kept while others are decided.
   *
   * @param arriving - peers that earlier transactions may add, which are not in the table yet
   */
  decideKept(command: Command, now: number, arriving: number): Decision {
    return this.#decide(command, now, arriving, anotherUpdate);
  }

  #decide(
    command: Command,
    now: number,
    arriving: number,
    newUpdate: DecisionContext['newUpdate'],
  ): Decision {
    this.#deps.times.note(now);
    const context = this.#context;
    context.now = now;
    context.arriving = arriving;
    context.newUpdate = newUpdate;
    const changes = decide(context, command);
    const encoded = this.#encoded;
    this.#encoded = undefined;
    const decision =
      changes instanceof PanoptesError
        ? changes
        : this.#fitted(this.#transactionOf(changes, encoded));
    if (decision instanceof PanoptesError && encoded !== undefined) this.#giveBack(encoded);
    return decision;
  }

  #transactionOf(
    changes: Transaction['changes'],
    encoded: Transaction['encoded'] = noneEncoded,
  ): Transaction {
    const update = this.#update;
    if (changes !== update.changes) return transactionOf(changes, encoded);
    update.units = recordUnits(update.changes[0]!.payloadBytes);
    update.encoded = encoded;
    return update;
  }

  /** Frees the entries that a command brought. */
  release(command: Command): void {
    releaseEntries(command, this.#deps.staging);
  }

  /** Frees what a decision encoded. */
  discard({ encoded }: Transaction): void {
    if (encoded.length > 0) this.#giveBack(encoded);
  }

  /** The transaction, unless it is too large for the log at any time. */
  #fitted(transaction: Transaction): Decision {
    const { logBytes } = this.#deps.rules;
    for (const { payloadBytes } of transaction.changes) {
      if (payloadBytes > this.#mostPayload) {
        return tooLarge(payloadBytes, this.#mostPayload, logBytes);
      }
    }
    if (transaction.units <= this.#mostUnits) return transaction;
    return tooLarge(UNIT_BYTES * transaction.units, UNIT_BYTES * this.#mostUnits, logBytes);
  }

  #noted(staged: StagedEntry): StagedEntry {
    // A list that grows has room for many, and most are of one.
    if (this.#encoded === undefined) this.#encoded = [staged];
    else this.#encoded.push(staged);
    return staged;
  }

  #giveBack(entries: Iterable<StagedEntry>): void {
    for (const entry of entries) this.#deps.staging.release(entry);
  }
}

/** What admission depends on. */
export interface AdmissionDeps {
  readonly table: PeerTable;
  readonly staging: Staging;
  readonly limiter: RateLimiter;
  readonly times: TimeBound;
  readonly rules: Rules;
}

const anotherUpdate = (): UpdateChange => new UpdateChange();

const tooLarge = (bytes: number, limit: number, logBytes: number): TransactionTooLargeError =>
  new TransactionTooLargeError(
    `the transaction takes ${bytes} bytes in the change log, which takes ${limit} at a time; ` +
      `split it or raise logBytes (${logBytes})`,
  );

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
