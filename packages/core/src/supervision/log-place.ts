import { ObserverUnavailableError } from '../errors.js';
import type { ChangeLog } from '../log/change-log.js';
import type { LogPoint } from '../log/log-memory.js';

/**
 * An incarnation's place in the log, and how far it has come. It has a line there from its first
 * snapshot, or point to go on from, until its thread has ended.
 */
export class LogPlace {
  readonly #log: ChangeLog;
  readonly #incarnation: number;
  /** Whether the writer waits for it when the log is full. */
  readonly #isGating: boolean;
  #line: number | undefined;
  /** Where it is while its line does not say: it has none, or has paused, or has yet to come to its point. */
  #cursor = 0;
  #isAway = false;
  /** Where it has paused: a position in the log. */
  #restsAt: number | undefined;
  #delivered = 0;
  /** Transactions that it has handled, and that came from the store. */
  #replayed = 0;

  constructor(log: ChangeLog, incarnation: number, isGating: boolean) {
    this.#log = log;
    this.#incarnation = incarnation;
    this.#isGating = isGating;
  }

  /** Its line, if it has one. */
  get line(): number | undefined {
    return this.#line;
  }

  /** The last transaction that it has finished. */
  get cursor(): number {
    const { lines, writer } = this.#log;
    if (this.#line === undefined || this.#isAway) return this.#cursor;
    return lines.cursor(this.#line, writer.lastSeq);
  }

  /** Transactions that it has handled. */
  get delivered(): number {
    const { lines, writer } = this.#log;
    if (this.#line === undefined) return this.#delivered + this.#replayed;
    return Math.min(lines.delivered(this.#line), writer.lastSeq) + this.#replayed;
  }

  /** Bytes published that it has not copied yet. */
  get bytesBehind(): number {
    return this.#line === undefined ? 0 : this.#log.lines.bytesBehind(this.#line);
  }

  /** A number that changes whenever its reader's loop turns. */
  get heartbeat(): number {
    return this.#line === undefined ? 0 : this.#log.lines.heartbeat(this.#line);
  }

  /** Whether it has paused at a point from which the log can still be read. */
  get canGoOn(): boolean {
    const { memory, writer } = this.#log;
    return (
      this.#restsAt !== undefined && writer.checkpoint().position - this.#restsAt <= memory.units
    );
  }

  /**
   * It is to come to another point, and is at `seq` until it has.
   *
   * @param seq - by default where it is now
   */
  depart(seq = this.cursor): void {
    this.#cursor = seq;
    this.#isAway = true;
  }

  /** It has handled what the store had, up to a transaction. */
  replay(lastSeq: number): void {
    this.#replayed += lastSeq - this.#cursor;
    this.#cursor = lastSeq;
  }

  /**
   * Takes its place at a point. False if the writer is about to overtake it there.
   *
   * @param share - how much of the log it may be behind
   * @throws {ObserverUnavailableError} when no line is left
   */
  take(point: LogPoint, share: number): boolean {
    const { lines, memory, writer } = this.#log;
    if (writer.checkpoint().position - point.position > memory.units * share) return false;
    if (this.#line === undefined) this.#line = this.#newLine(point);
    else lines.place(this.#line, point);
    lines.setGating(this.#line, this.#isGating);
    return true;
  }

  /** It has come to its point. */
  arrive(): void {
    this.#isAway = false;
  }

  /** It has paused: it is not waited for, and the log may overtake it. */
  rest(): void {
    const { lines, writer } = this.#log;
    if (this.#line === undefined) return;
    this.depart();
    this.#restsAt = lines.position(this.#line, writer.checkpoint().position);
    lines.setGating(this.#line, false);
  }

  /** It follows the log, from where it has paused if it has. */
  follow(): void {
    if (this.#restsAt !== undefined) this.#log.lines.setGating(this.#line!, this.#isGating);
    this.#restsAt = undefined;
    this.arrive();
  }

  /** It is not waited for any more: its end may take long. */
  leave(): void {
    if (this.#line !== undefined) this.#log.lines.setGating(this.#line, false);
  }

  /** Gives its line back: its thread has ended. */
  free(): void {
    if (this.#line === undefined) return;
    const line = this.#line;
    this.#cursor = this.cursor;
    this.#delivered = this.delivered - this.#replayed;
    this.#line = this.#restsAt = undefined;
    this.#log.lines.free(line);
  }

  #newLine(point: LogPoint): number {
    const line = this.#log.lines.allocate(this.#incarnation, point);
    if (line !== undefined) return line;
    throw new ObserverUnavailableError('all reader lines are taken by threads that do not end');
  }
}
