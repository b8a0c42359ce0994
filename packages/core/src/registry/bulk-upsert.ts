import { type PanoptesError, PeerValidationError } from '../errors.js';
import type { PeerEntry } from '../peers/peer-entry.js';
import { nextTurn } from '../turns.js';
import type { CommandDesk } from './command-desk.js';
import type { CommandResult } from './commands.js';

/** Why one of many upserts was refused. */
export interface Rejection {
  /** Its place among those that were given, from 0. */
  readonly index: number;
  readonly error: PanoptesError;
}

/** What came of many upserts. */
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

/** Many upserts without a promise for each: their results are added up as they come. */
export class BulkUpsert {
  readonly #desk: CommandDesk;
  readonly #allowIdentityChange: boolean;
  readonly #counts = { added: 0, updated: 0, unchanged: 0 };
  readonly #rejections: Rejection[] = [];
  #rejected = 0;
  #seq = 0;
  #given = 0;
  #outstanding = 0;
  /** Set while the loop waits until no more than so many are on their way. */
  #waiting: { readonly most: number; readonly goOn: () => void } | undefined;

  constructor(desk: CommandDesk, allowIdentityChange: boolean) {
    this.#desk = desk;
    this.#allowIdentityChange = allowIdentityChange;
  }

  /**
   * Hands all peers in, as fast as they are committed, and resolves when the last one is.
   *
   * @throws whatever the iteration throws, when those handed in before are settled
   */
  async run(peers: Peers): Promise<BulkResult> {
    checkIterable(peers);
    try {
      if (isAsync(peers)) {
        for await (const peer of peers) {
          await this.#room();
          this.#post(peer);
        }
      } else {
        for (const peer of peers) {
          // Without a promise for each: most find room at once.
          const room = this.#room();
          if (room !== undefined) await room;
          this.#post(peer);
        }
      }
    } finally {
      await this.#untilAtMost(0);
    }
    const { added, updated, unchanged } = this.#counts;
    const [rejected, rejections, seq] = [this.#rejected, this.#rejections, this.#seq];
    return { added, updated, unchanged, rejected, rejections, seq };
  }

  /** What to wait for before the next peer is handed in, if anything. */
  #room(): Promise<void> | undefined {
    const hasRoom = this.#outstanding < mostOutstanding && !this.#desk.isFull;
    return hasRoom ? undefined : this.#untilRoom();
  }

  #post(peer: PeerEntry): void {
    const index = this.#given++;
    this.#outstanding++;
    this.#desk.postUpsert(peer, this.#allowIdentityChange, this.#resolve, (error) =>
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
    // Others have filled the waiting room: it empties turn by turn.
    while (this.#desk.isFull) await nextTurn();
  }
}

type Peers = Iterable<PeerEntry> | AsyncIterable<PeerEntry>;

const isAsync = (peers: Peers): peers is AsyncIterable<PeerEntry> =>
  typeof (peers as Partial<AsyncIterable<PeerEntry>>)[Symbol.asyncIterator] === 'function';

function checkIterable(peers: Peers | null | undefined): void {
  if (peers !== null && peers !== undefined) {
    const { [Symbol.iterator]: iterator } = peers as Partial<Iterable<PeerEntry>>;
    if (typeof iterator === 'function' || isAsync(peers)) return;
  }
  throw new PeerValidationError('peers', 'an iterable of entries', peers);
}
