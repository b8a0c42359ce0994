import { nextTurn, systemClock } from '@panoptes/core/observer';

/** What came for an observer: one piece of work is done after another, until one fails. */
export class DataQueue {
  readonly #waiting: Work[] = [];
  readonly #deps: DataQueueDeps;
  #isBusy = false;
  #isClosed = false;

  constructor(deps: DataQueueDeps) {
    this.#deps = deps;
  }

  add(work: Work): void {
    if (this.#isClosed) return;
    this.#deps.holds(work.bytes);
    this.#waiting.push(work);
    if (!this.#isBusy) void this.#run();
  }

  /** Nothing more is begun. */
  close(): void {
    this.#isClosed = true;
    for (const { bytes } of this.#waiting.splice(0)) this.#deps.holds(-bytes);
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    let burstStart = systemClock.monotonic();
    try {
      for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
        this.#deps.holds(-work.bytes);
        await work.handle();
        if (systemClock.monotonic() - burstStart < maxBurstMs) continue;
        await nextTurn();
        burstStart = systemClock.monotonic();
      }
    } catch (error) {
      this.close();
      this.#deps.failed(error);
    }
    this.#isBusy = false;
  }
}

/** Something to be handled, and how many bytes it keeps until then. */
export interface Work {
  readonly bytes: number;
  readonly handle: () => Promise<void>;
}

/** What a queue tells of itself. */
export interface DataQueueDeps {
  /** So many bytes more, or less, wait. */
  holds(bytes: number): void;
  /** Gets what a piece of work threw; nothing more is done then. */
  failed(error: unknown): void;
}

/** How long work may keep the process busy before calls and timers get their turn. */
const maxBurstMs = 8;
