import type { ServerResponse } from 'node:http';
import type { Cancel, Clock } from '@panoptes/core';
import { DashboardError } from '../dashboard-error.js';

/**
 * Those who watch, each a response that stays open and gets server-sent events. Nobody is waited for: who
 * has not read what was sent misses what comes meanwhile, and who does not read for long is let go.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class LiveWatchers {
  readonly #clock: Clock;
  readonly #most: number;
  /** With what ends the wait for it to read, while it does not. */
  readonly #watching = new Map<ServerResponse, Cancel | undefined>();

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  get size(): number {
    return this.#watching.size;
  }

  /** @throws {DashboardError} when there are as many as may be */
  add(response: ServerResponse): void {
    if (this.size >= this.#most) {
      throw new DashboardError(
        'DASHBOARD_BUSY',
        `expected at most ${this.#most} that watch (option 'maxWatchers'); close one`,
      );
    }
    if (response.destroyed) return;
    this.#watching.set(response, undefined);
    response.on('close', () => {
      this.#watching.get(response)?.();
      this.#watching.delete(response);
    });
    // What fails is closed then.
    response.on('error', () => undefined);
  }

  /** Sends everybody the same; who is behind does not get it. */
  send(event: string, json: string): void {
    const frame = frameOf(event, json);
    for (const response of this.#watching.keys()) this.#write(response, frame);
  }

  /** Sends one of them something. */
  sendTo(response: ServerResponse, event: string, json: string): void {
    if (this.#watching.has(response)) this.#write(response, frameOf(event, json));
  }

  /** Lets all of them go. */
  end(): void {
    for (const response of this.#watching.keys()) response.destroy();
  }

  #write(response: ServerResponse, frame: Buffer): void {
    const isBehind = this.#watching.get(response) !== undefined;
    if (!isBehind && !response.write(frame)) this.#waitFor(response);
  }

  #waitFor(response: ServerResponse): void {
    const letGo = () => response.destroy();
    const cancel = this.#clock.after(mostSilenceMs, letGo, { background: true });
    this.#watching.set(response, cancel);
    response.once('drain', () => {
      cancel();
      if (this.#watching.has(response)) this.#watching.set(response, undefined);
    });
  }
}

const frameOf = (event: string, json: string): Buffer =>
  Buffer.from(`event: ${event}\ndata: ${json}\n\n`);

/** How long one may read nothing. */
const mostSilenceMs = 30_000;
