import type { HealthBoard } from '../log/health-board.js';
import type { ObserverLines } from './observer-lines.js';
import { logText } from './redaction.js';

/**
 * Passes on what an observer prints: at most so many lines a second, each with its keys
 * cut. What it prints beyond that fills the ring of its board, and then is lost on its own thread.
 */
export class ObserverOutput {
  readonly #lines: ObserverLines;
  readonly #perSecond: number;
  /** Lines that may be passed on now. */
  #tokens: number;
  #filledAt: number;

  /** @param now - milliseconds, by the clock of all later calls */
  constructor(lines: ObserverLines, linesPerSecond: number, now: number) {
    this.#lines = lines;
    this.#perSecond = linesPerSecond;
    this.#tokens = linesPerSecond;
    this.#filledAt = now;
  }

  /** Passes on what waits, within the limit. */
  drain(board: HealthBoard, incarnation: number, now: number): void {
    const gained = ((now - this.#filledAt) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained);
    this.#filledAt = now;
    for (; this.#tokens >= 1; this.#tokens--) {
      const line = board.output.read();
      if (line === undefined) return;
      this.#lines.print(line.stream, incarnation, logText(line.text.replace(/\n$/, '')));
    }
  }
}
