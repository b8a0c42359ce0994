import { type Clock, printable } from '@panoptes/core';
import { z } from 'zod';

/** What a sweep hears of its workers, and says of them: above all that there is none. */
export class WorkerWatch {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #remedy: string;
  readonly #said = new Set<string>();
  /** When each was heard last, by its name. */
  readonly #heard = new Map<string, number>();
  #quietSince: number;
  #wasQuiet = false;

  /**
   * @param say - tells a person
   * @param remedy - the command that starts a worker
   */
  constructor(
    clock: Pick<Clock, 'monotonic'>,
    readonly say: (sentence: string) => void,
    remedy: string,
  ) {
    this.#clock = clock;
    this.#remedy = remedy;
    this.#quietSince = clock.monotonic();
  }

  /** Takes what a worker says: bytes of anybody who is let in there. */
  hear(bytes: Uint8Array): void {
    const presence = presenceIn(bytes);
    if (presence === undefined) return;
    const { worker, refusal } = presence;
    if (refusal !== undefined) {
      this.#sayOnce(`worker ${printable(worker)} takes no run: ${printable(refusal)}`);
      return;
    }
    const now = this.#clock.monotonic();
    for (const [name, at] of this.#heard) if (now - at > quietMs) this.#heard.delete(name);
    if (this.#heard.size < mostWorkers) this.#heard.set(worker, now);
    this.#quietSince = now;
    if (this.#wasQuiet) this.say('a worker is there: the sweep goes on');
    this.#wasQuiet = false;
  }

  /** To be called when the servers are back: nobody could be heard. */
  restart(): void {
    this.#quietSince = this.#clock.monotonic();
  }

  /** To be called now and then: says when nobody was heard for a while. */
  look(): void {
    if (this.#wasQuiet || this.#clock.monotonic() - this.#quietSince < quietMs) return;
    this.#wasQuiet = true;
    this.say(`no worker is there: the sweep waits; start one with ${this.#remedy}`);
  }

  #sayOnce(sentence: string): void {
    if (this.#said.has(sentence) || this.#said.size >= mostWorkers) return;
    this.#said.add(sentence);
    this.say(sentence);
  }
}

/** What a worker says of itself, to each sweep that it knows. */
export interface Presence {
  readonly worker: string;
  /** Why it takes no run of this sweep. */
  readonly refusal?: string | undefined;
}

const shape = z.looseObject({
  worker: z.string().min(1).max(256),
  refusal: z.string().max(2_048).optional(),
});

function presenceIn(bytes: Uint8Array): Presence | undefined {
  if (bytes.length > mostPresenceBytes) return undefined;
  try {
    return shape.safeParse(JSON.parse(Buffer.from(bytes).toString())).data;
  } catch {
    return undefined;
  }
}

const quietMs = 10_000;
/** More are there, but not told apart. */
const mostWorkers = 10_000;
const mostPresenceBytes = 8_192;
