import { systemClock } from '../clock.js';
import { type PanoptesError, PeerValidationError } from '../errors.js';
import { maxTurnMs } from '../limits.js';
import type { PeerInput } from '../peers/peer-entry.js';
import { nextTurn } from '../turns.js';
import type { CommandResult } from './commands.js';
import { refusalFor } from '../peers/refusal.js';
import type { UpsertIntake } from './upsert-intake.js';
import { type BulkOptions, type UpsertSettings, bulkSettings } from './upsert-options.js';

/**
 * Many upserts without a promise for each: their results are added up as they come.
 *
 * Every loop yields to the event loop by the time that it has taken, whether entries are accepted or
 * not; and it ends as soon as the registry takes no more, also while the next entry is awaited.
 */
export class BulkUpsert {
  readonly #intake: UpsertIntake;
  readonly #settings: UpsertSettings;
  readonly #counts = { added: 0, updated: 0, unchanged: 0 };
  readonly #rejections: Rejection[] = [];
  #rejected = 0;
  #seq = 0;
  #given = 0;
  #outstanding = 0;
  #turnStart = systemClock.monotonic();
  /** Set while the loop waits until no more than so many are on their way. */
  #waiting: { readonly most: number; readonly goOn: () => void } | undefined;

  /** @throws {ConfigError} when an option is not one it can be */
  constructor(intake: UpsertIntake, options: BulkOptions | undefined) {
    this.#intake = intake;
    this.#settings = bulkSettings(options);
  }

  /**
   * Hands all peers in, as fast as they are committed, and resolves when the last one is.
   *
   * @throws {PeerValidationError} when there is nothing to go through
   * @throws {RegistryClosedError | RegistryFailedError} when the registry takes no more, and whatever
   *   the iteration throws; both when those handed in before are settled
   */
  async run(peers: Peers): Promise<BulkResult> {
    const { iterate, isAsync } = iterationOf(peers);
    try {
      this.#throwIfClosed();
      if (isAsync) await this.#takeAwaited(iterate.call(peers) as AsyncIterator<PeerInput>);
      else await this.#take(iterate.call(peers) as Iterator<PeerInput>);
    } finally {
      await this.#untilAtMost(0);
    }
    const { added, updated, unchanged } = this.#counts;
    const [rejected, rejections, seq] = [this.#rejected, this.#rejections, this.#seq];
    return { added, updated, unchanged, rejected, rejections, seq };
  }

  async #take(iterator: Iterator<PeerInput>): Promise<void> {
    for (const peer of { [Symbol.iterator]: () => iterator }) {
      // Without a promise for each: most find room at once.
      const room = this.#room();
      if (room !== undefined) await room;
      this.#throwIfClosed();
      this.#post(peer);
    }
  }

  async #takeAwaited(iterator: AsyncIterator<PeerInput>): Promise<void> {
    for (;;) {
      const next = await this.#next(iterator);
      if (next.done === true) return;
      try {
        await this.#room();
        this.#throwIfClosed();
      } catch (closed) {
        leave(iterator);
        throw closed;
      }
      this.#post(next.value);
    }
  }

  /** The next of a feed, which may be long in coming: the registry may be closed meanwhile. */
  #next(iterator: AsyncIterator<PeerInput>): Promise<IteratorResult<PeerInput>> {
    return new Promise((resolve, reject) => {
      const cancel = this.#intake.whenClosed((reason) => {
        leave(iterator);
        reject(reason);
      });
      (async () => iterator.next())().then(resolve, reject).finally(cancel);
    });
  }

  #throwIfClosed(): void {
    const { closed } = this.#intake;
    if (closed !== undefined) throw closed;
  }

  /** What to wait for before the next peer is handed in, if anything. */
  #room(): Promise<void> | undefined {
    if (this.#outstanding >= mostOutstanding || this.#intake.isFull) return this.#untilRoom();
    if (this.#given % entriesPerLook !== 0) return undefined;
    return systemClock.monotonic() - this.#turnStart < maxTurnMs ? undefined : this.#yieldTurn();
  }

  #post(peer: PeerInput): void {
    const index = this.#given++;
    this.#outstanding++;
    this.#intake.postUpsert(peer, this.#settings, this.#resolve, (error) =>
      this.#reject(index, error as PanoptesError),
    );
  }

  readonly #resolve = (result: unknown): void => {
    const { seq, change } = result as CommandResult<'added' | 'updated'>;
    this.#counts[change]++;
    this.#seq = Math.max(this.#seq, seq);
    this.#settled();
  };

  #reject(index: number, error: PanoptesError): void {
    this.#rejected++;
    if (this.#rejections.length < mostRejections) this.#rejections.push({ index, error });
    this.#settled();
  }

  #settled(): void {
    this.#outstanding--;
    const waiting = this.#waiting;
    if (waiting === undefined || this.#outstanding > waiting.most) return;
    this.#waiting = undefined;
    waiting.goOn();
  }

  async #untilAtMost(most: number): Promise<void> {
    if (this.#outstanding <= most) return;
    await new Promise<void>((goOn) => (this.#waiting = { most, goOn }));
  }

  async #untilRoom(): Promise<void> {
    if (this.#outstanding >= mostOutstanding) await this.#untilAtMost(mostOutstanding / 2);
    // Others have filled the queue: it empties turn by turn.
    while (this.#intake.isFull) {
      await this.#intake.room();
      this.#turnStart = systemClock.monotonic();
    }
  }

  async #yieldTurn(): Promise<void> {
    await nextTurn();
    this.#turnStart = systemClock.monotonic();
  }
}

/** Why one of many upserts was refused. */
export interface Rejection {
  /** Its place among those that were given, from 0. */
  readonly index: number;
  readonly error: PanoptesError;
}

/** The outcome of many upserts. */
export interface BulkResult {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** The first of the rejected, 100 at most. */
  readonly rejections: readonly Rejection[];
  /** The last transaction's seq; 0 when there was none. */
  readonly seq: number;
}

/** Upserts on their way at a time: enough for large groups, few enough to leave others room. */
const mostOutstanding = 4_096;
const mostRejections = 100;
/** Entries between two looks at the clock. */
const entriesPerLook = 16;

type Peers = Iterable<PeerInput> | AsyncIterable<PeerInput>;

interface Iteration {
  readonly iterate: () => Iterator<PeerInput> | AsyncIterator<PeerInput>;
  readonly isAsync: boolean;
}

/** How a caller's peers are gone through. */
function iterationOf(peers: Peers | null | undefined): Iteration {
  try {
    const { [Symbol.asyncIterator]: awaited, [Symbol.iterator]: plain } = Object(peers) as Partial<
      Iterable<PeerInput> & AsyncIterable<PeerInput>
    >;
    const iterate = awaited ?? plain;
    if (typeof iterate === 'function') return { iterate, isAsync: iterate === awaited };
  } catch (error) {
    throw refusalFor(error);
  }
  throw new PeerValidationError('peers', 'an iterable of entries', peers);
}

/**
 * Ends an iteration that is left early. Not awaited: one that hangs in `next` would hang in this as
 * well. Its errors are ignored.
 */
function leave(iterator: AsyncIterator<PeerInput>): void {
  void (async () => iterator.return?.())().catch(() => undefined);
}
