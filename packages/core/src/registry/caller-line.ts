import { ConnectionBrokenError } from '../connection-errors.js';
import { messageOf } from '../error-of.js';
import type { PanoptesError } from '../errors.js';
import { type Bell, type CallerBuffer, CallerMemory } from '../log/caller-memory.js';
import { RecordReader, RecordWriter, fillerKind } from '../log/record-ring.js';
import type { PeerTable } from '../peers/peer-table.js';
import { refusalFor } from '../peers/refusal.js';
import { refusedBatch } from './batch-steps.js';
import { AnswerWriter, type CallerAnswer, type LateAnswer } from './caller-answer.js';
import { CommandKind } from './caller-record.js';
import type { CallerSteps } from './caller-steps.js';
import type { CommandIntake } from './command-intake.js';
import type { Command, Step, UpsertStep } from './commands.js';

/**
 * The registry's end of the way to one caller on another thread: takes its commands out of the shared
 * memory, as many at a time as it may have in the queue, and puts their outcomes in. It believes nothing
 * that it reads there, and waits for nobody: while the caller does not take its outcomes, no more of its
 * commands are taken.
 */
export class CallerLine {
  readonly #deps: CallerLineDeps;
  readonly #commands: RecordReader;
  readonly #outcomes: RecordWriter;
  readonly #answers: AnswerWriter;
  readonly #bell: Bell;
  readonly #callerBell: Bell;
  readonly #prepare = (): Command => this.#deps.steps.read(this.#commands);
  /** Steps of a batch of which not all have come, and why it is refused, if it is. */
  #steps: Step[] = [];
  #badBatch: PanoptesError | undefined;
  /** Outcomes for which there was no room, in order. */
  #unwritten: LateAnswer[] = [];
  /** Commands that wait for their outcome. */
  #inFlight = 0;
  #state: 'open' | 'leaving' | 'closing' | 'ended' = 'open';
  /** Why it takes no more, while it is closing. */
  #reason: PanoptesError | undefined;
  /** How often its bell had been rung before the last look. */
  #rings = 0;
  #isListening = false;

  constructor(buffer: CallerBuffer, deps: CallerLineDeps) {
    const memory = new CallerMemory(buffer);
    this.#deps = deps;
    this.#commands = new RecordReader(memory.commands);
    this.#outcomes = new RecordWriter(memory.results);
    this.#answers = new AnswerWriter(memory.results.memory, this.#outcomes, deps.table);
    this.#bell = memory.registryBell;
    this.#callerBell = memory.callerBell;
  }

  /**
   * Takes some of the commands that wait.
   *
   * @returns whether there may be more to be taken now. If not, `deps.ready` is called when there is
   */
  take(): boolean {
    this.#rings = this.#bell.rings;
    try {
      this.#writeLate();
      for (let taken = 0; taken < mostTaken; taken += 1 + this.#commands.bodyBytes / 1024) {
        if (this.#state === 'ended' || this.#state === 'closing') return false;
        if (this.#deps.intake.isFull) return true;
        if (this.#isBlocked) return this.#listen();
        if (!this.#commands.find()) return this.#state === 'leaving' ? this.#end() : this.#listen();
        this.#takeOne();
        this.#commands.advance();
      }
      return true;
    } catch (error) {
      return this.#break(error);
    }
  }

  /** Lets the caller see what was taken, and what came of it. */
  publish(): void {
    if (this.#state === 'ended') return;
    const isRoomMade = this.#commands.publish();
    if (this.#outcomes.publish() || isRoomMade) this.#callerBell.ring();
  }

  /** The caller is no more: what it has sent is taken, and nobody told. */
  leave(): void {
    if (this.#state === 'ended') return;
    this.#unwritten = [];
    if (this.#state === 'closing') this.#end();
    else this.#state = 'leaving';
    this.#deps.ready(this);
  }

  /** Takes nothing more, and ends when all that was taken has its outcome. */
  close(reason: PanoptesError): void {
    if (this.#state === 'leaving') this.#end();
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#reason = reason;
    if (this.#inFlight === 0) this.#end(reason);
  }

  /** Ends it because of what came. */
  refuse(what: string): void {
    this.#break(new ConnectionBrokenError(what));
  }

  get #isBlocked(): boolean {
    return this.#inFlight >= mostInFlight || this.#unwritten.length > 0;
  }

  #takeOne(): void {
    const { kind, id } = this.#commands;
    const { intake, steps } = this.#deps;
    if (kind === fillerKind) return;
    if ((kind & CommandKind.step) !== 0) return this.#takeStep();
    if (kind === CommandKind.get) return this.#answer(id, { asksFor: steps.text(this.#commands) });
    const hasSteps = kind === CommandKind.batch || kind === CommandKind.updateOrInsert;
    if (!hasSteps && this.#hasSteps)
      throw new ConnectionBrokenError('steps came without their end');
    const prepare = this.#prepared(kind);
    this.#inFlight++;
    intake.post(
      prepare,
      (result) => this.#settled(id, result as CallerAnswer),
      (error) => this.#settled(id, error as Error),
    );
    // Those of one that was not let in.
    if (hasSteps) this.#dropSteps();
  }

  /** What makes a command of the record that was found. */
  #prepared(kind: number): () => Command {
    switch (kind) {
      case CommandKind.batch:
        return this.#batch();
      case CommandKind.updateOrInsert:
        return this.#updateOrInsert();
      case CommandKind.cleanup:
        this.#deps.steps.nothing(this.#commands);
        return () => ({ kind: 'cleanup' });
      default:
        return this.#prepare;
    }
  }

  get #hasSteps(): boolean {
    return this.#steps.length > 0 || this.#badBatch !== undefined;
  }

  #takeStep(): void {
    const { intake, steps, maxBatchChanges } = this.#deps;
    if (this.#badBatch !== undefined) return;
    if (this.#steps.length === maxBatchChanges) {
      throw new ConnectionBrokenError(`a batch came of more than ${maxBatchChanges} changes`);
    }
    try {
      intake.look();
      this.#steps.push(steps.read(this.#commands));
    } catch (error) {
      if (error instanceof ConnectionBrokenError) throw error;
      this.#badBatch = refusedBatch(this.#steps.length, refusalFor(error));
    }
  }

  /** What makes a command of the steps that have come. */
  #batch(): () => Command {
    const count = this.#deps.steps.word(this.#commands);
    const [steps, bad] = [this.#steps, this.#badBatch];
    if (bad === undefined && count !== steps.length) {
      throw new ConnectionBrokenError(
        `a batch came of ${steps.length} changes instead of ${count}`,
      );
    }
    return () => {
      if (bad !== undefined) throw bad;
      this.#steps = [];
      return { kind: 'batch', steps };
    };
  }

  /** What makes a command of an update and the step that has come, which is its peer. */
  #updateOrInsert(): () => Command {
    const update = this.#deps.steps.update(this.#commands);
    const [[step, ...others], bad] = [this.#steps, this.#badBatch];
    if (bad === undefined && (step?.kind !== 'upsert' || others.length > 0)) {
      throw new ConnectionBrokenError(
        'an update came without the one peer that is inserted otherwise',
      );
    }
    return () => {
      if (bad !== undefined) throw bad.cause;
      this.#steps = [];
      const { nodeId, entry } = step as UpsertStep;
      return { ...update, target: { nodeId }, otherwise: { nodeId, entry } };
    };
  }

  #dropSteps(): void {
    for (const step of this.#steps) this.#deps.steps.release(step);
    this.#steps = [];
    this.#badBatch = undefined;
  }

  #settled(id: number, answer: CallerAnswer): void {
    this.#inFlight--;
    if (answer instanceof ConnectionBrokenError) {
      this.#break(answer);
      return;
    }
    if (this.#inFlight === mostInFlight / 2) this.#deps.ready(this);
    this.#answer(id, answer);
    if (this.#state === 'closing' && this.#inFlight === 0) this.#end(this.#reason);
  }

  #answer(id: number, answer: CallerAnswer): void {
    if (this.#state === 'leaving' || this.#state === 'ended') return;
    try {
      if (this.#unwritten.length > 0 || !this.#answers.write(id, answer)) {
        this.#unwritten.push({ id, answer });
      }
    } catch (error) {
      this.#break(error);
      return;
    }
    this.#deps.answered(this);
  }

  /** Writes outcomes for which there was no room before. */
  #writeLate(): void {
    if (this.#unwritten.length === 0) return;
    const late = this.#unwritten;
    const left = late.findIndex(({ id, answer }) => !this.#answers.write(id, answer));
    this.#unwritten = left < 0 ? [] : late.slice(left);
    this.#deps.answered(this);
  }

  /** Waits for the bell, unless it does already. Returns whether it was rung meanwhile. */
  #listen(): boolean {
    if (this.#isListening) return false;
    const rung = this.#bell.wait(this.#rings);
    if (rung === undefined) return true;
    this.#isListening = true;
    void rung.then(() => {
      this.#isListening = false;
      if (this.#state !== 'ended') this.#deps.ready(this);
    });
    return false;
  }

  #break(thrown: unknown): false {
    const error =
      thrown instanceof ConnectionBrokenError
        ? thrown
        : new ConnectionBrokenError(`what came is no command: ${messageOf(thrown)}`, {
            cause: thrown,
          });
    return this.#end(error);
  }

  /** @param reason - what the caller is told, if it is there to be told */
  #end(reason?: PanoptesError): false {
    if (this.#state === 'ended') return false;
    this.publish();
    this.#state = 'ended';
    this.#dropSteps();
    const unwritten = this.#unwritten;
    this.#unwritten = [];
    // A wait that is never ended would keep the memory for ever.
    this.#bell.ring();
    this.#deps.ended(this, reason, unwritten);
    return false;
  }
}

/** What a line depends on. */
export interface CallerLineDeps {
  readonly intake: CommandIntake;
  readonly steps: CallerSteps;
  readonly table: PeerTable;
  readonly maxBatchChanges: number;
  /** Called when there may be something to be taken. */
  readonly ready: (line: CallerLine) => void;
  /** Called when outcomes were written that are to be published. */
  readonly answered: (line: CallerLine) => void;
  /** Called once, with the outcomes for which there was no room, and why, unless the caller is gone. */
  readonly ended: (
    line: CallerLine,
    reason: PanoptesError | undefined,
    unwritten: readonly LateAnswer[],
  ) => void;
}

/** Commands of one caller in the queue: enough for large groups, few enough to leave others room. */
const mostInFlight = 4_096;
/** Commands that are taken before it is another caller's turn; longer ones count for several. */
const mostTaken = 32;
