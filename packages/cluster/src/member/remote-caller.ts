import { type CallerDesk, CarriedRecords, type OpenedLine } from '@panoptes/core';
import { systemClock } from '@panoptes/core/follower';
import { type CommandFrame, FrameKind, encodeFrame } from './command-frame.js';
import { FrameLine } from './frame-line.js';

/** A member that sends commands, as a caller of the registry of the primary. */
export class RemoteCaller {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #ended: () => void;
  readonly #opened: OpenedLine;
  readonly #records: CarriedRecords;
  readonly #line: FrameLine;
  /** Commands that were put in and have no outcome yet. */
  #outstanding = 0;
  #heardAt = systemClock.monotonic();
  #isListening = false;
  #isStopping = false;
  #isOver = false;
  #settled: () => void = () => undefined;

  /**
   * @param send - sends to the member
   * @param ended - called once, when nothing more is taken from it
   * @throws {PanoptesError} when the registry takes no commands
   */
  constructor(callers: CallerDesk, send: (bytes: Uint8Array) => void, ended: () => void) {
    this.#send = send;
    this.#ended = ended;
    this.#opened = callers.open(commandBytes, () => this.#broke());
    this.#records = new CarriedRecords(this.#opened.buffer, 'caller');
    this.#line = new FrameLine(this.#records, {
      took: () => this.#outstanding--,
      put: () => this.#outstanding++,
      sent: () => undefined,
      now: () => systemClock.monotonic(),
    });
    this.#line.begin(send);
  }

  /** Whether it has said nothing since, and nothing of it is under way. */
  isIdleSince(at: number): boolean {
    return this.#heardAt < at && this.#outstanding === 0;
  }

  receive(frame: CommandFrame): void {
    if (this.#isOver) return;
    this.#heardAt = systemClock.monotonic();
    try {
      this.#line.receive(frame);
    } catch {
      return this.#lose();
    }
    this.#pump();
  }

  /** The member is gone: what it has sent is taken, and nobody told. */
  leave(): void {
    if (this.#end()) this.#opened.line.leave();
  }

  /** Takes no more; resolves when what was taken is answered, or `limitMs` have passed. */
  async stop(limitMs: number): Promise<void> {
    if (this.#isOver) return;
    this.#isStopping = true;
    const settled = new Promise<void>((resolve) => (this.#settled = resolve));
    const cancel = systemClock.after(limitMs, this.#settled);
    this.#pump();
    await settled;
    cancel();
    if (this.#isOver) return;
    const isAnswered = this.#outstanding === 0 && !this.#line.isAmid;
    this.#send(encodeFrame(isAnswered ? FrameKind.ended : FrameKind.lost, 0, this.#line.whole));
    this.leave();
  }

  #pump(): void {
    if (this.#isOver) return;
    try {
      this.#line.pump(!this.#isStopping);
    } catch {
      return this.#lose();
    }
    const { waiting, isAmid } = this.#line;
    const isSettled = this.#outstanding === 0 && waiting.length === 0 && !isAmid;
    if (this.#isStopping && isSettled) return this.#settled();
    if (this.#isListening) return;
    this.#isListening = true;
    void Promise.resolve(this.#records.moved()).then(() => {
      this.#isListening = false;
      this.#pump();
    });
  }

  /** What came is none that a member sends. */
  #lose(): void {
    this.#send(encodeFrame(FrameKind.lost, 0, 0));
    this.leave();
  }

  /** The registry has closed its end: what it has answered is brought there. */
  #broke(): void {
    if (this.#isOver) return;
    try {
      this.#line.pump(false);
    } catch {
      // There is nothing more to be brought.
    }
    if (!this.#isStopping) this.#send(encodeFrame(FrameKind.lost, 0, 0));
    this.#end();
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#settled();
    this.#records.wake();
    this.#ended();
    return true;
  }
}

/** Room for its commands that wait for their turn. */
const commandBytes = 1024 * 1024;
