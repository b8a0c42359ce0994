import { type Clock, parseOptions } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { z } from 'zod';
import { DashboardError } from '../dashboard-error.js';
import { type AnswerText, answerText } from './answer-text.js';

/** Asks observers what somebody wants to know, a few questions at a time. */
export class ObserverQueries {
  readonly #registry: PeerRegistry;
  readonly #clock: Clock;
  #open = 0;

  constructor(registry: PeerRegistry, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /**
   * Asks one of them.
   *
   * @param body - what a request says: the name of a query, and its arguments
   * @throws {ConfigError} when that is not what it can be
   * @throws {DashboardError} when as many are asked already as may be
   * @throws what `ObserverHandle.ask` throws
   */
  async ask(observer: string, body: unknown): Promise<QueryAnswer> {
    const { query, args } = parseOptions(question, body, 'the body');
    if (this.#open >= mostOpen) {
      const message = `expected at most ${mostOpen} queries at a time; wait for one of them`;
      throw new DashboardError('DASHBOARD_BUSY', message);
    }
    this.#open++;
    try {
      const asked = this.#clock.monotonic();
      const answer = await this.#registry.observer(observer).ask(query, args, { timeoutMs });
      const tookMs = this.#clock.monotonic() - asked;
      return { ...answerText(answer, longestAnswer), tookMs };
    } finally {
      this.#open--;
    }
  }
}

/** What an observer answered, and how long it took to. */
export interface QueryAnswer extends AnswerText {
  readonly tookMs: number;
}

/** Bytes of a request that asks. */
export const mostQueryBytes = 65_536;

const question = z.strictObject({
  query: z.string().max(mostQueryBytes),
  args: z.array(z.unknown()).default([]),
});

/** What each of them gets: reading a large answer takes the registry's thread some time. */
const mostOpen = 4;
/** How long one who asks waits for the answer. */
const timeoutMs = 10_000;
/** Characters of an answer that are sent. */
const longestAnswer = 65_536;
