import { inWords, sameChanges, sameNames } from './change-words.js';
import type { Subscription } from '@panoptes/core/observer';
import { isWanted } from '../model/plain-subscription.js';
import type { Place, SeenChange, SeenEvent } from './history.js';
import type { Transcript } from './transcript.js';
import type { Findings } from './verdicts.js';

/**
 * What one incarnation of a filtered observer saw, against all that others saw without a filter: W7.
 * It is looked at when they have come as far.
 */
export class FilterRules {
  readonly #waiting: Waiting[] = [];
  /** All up to this transaction has been looked at. */
  #done = 0;

  constructor(
    private readonly findings: Findings,
    private readonly filter: Subscription,
    private readonly transcript: Transcript,
  ) {}

  snapshot(seq: number): void {
    this.#wait({ kind: 'from', seq });
  }

  progress(seq: number, place: Place): void {
    this.#wait({ kind: 'to', seq, place });
  }

  event(event: SeenEvent, place: Place): void {
    this.#wait({ kind: 'event', seq: event.seq, event, place });
  }

  /** Judges what other observers have recorded by now. */
  settle(): void {
    let looked = 0;
    while (looked < this.#waiting.length && this.#look(this.#waiting[looked]!)) looked++;
    if (looked > 0) this.#waiting.splice(0, looked);
  }

  /** No more records will come. */
  finish(): void {
    this.settle();
    const left = this.#waiting.filter(({ kind }) => kind === 'event').length;
    if (left > 0) this.findings.skipped('W7', left);
    this.#waiting.length = 0;
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#waiting.length <= mostWaiting) return;
    this.#done = Math.max(this.#done, this.#waiting.shift()!.seq);
    this.findings.skipped('W7');
  }

  #look(waiting: Waiting): boolean {
    if (waiting.kind === 'from') {
      this.#done = waiting.seq;
      return true;
    }
    const { seq, place } = waiting;
    if (seq > this.transcript.frontier) return false;
    const end = waiting.kind === 'event' ? seq - 1 : seq;
    for (let missed = this.#done + 1; missed <= end; missed++) this.#expect(missed, [], place);
    if (waiting.kind === 'event') this.#expect(seq, waiting.event.changes, place);
    this.#done = Math.max(this.#done, seq);
    return true;
  }

  #expect(seq: number, got: readonly SeenChange[], place: Place): void {
    const told = this.transcript.changesOf(seq);
    if (told === undefined) {
      this.findings.skipped('W7');
      return;
    }
    this.findings.checked('W7');
    const wanted = told.filter((change) => matches(this.filter, change));
    if (sameChanges(wanted, got)) return;
    this.findings.broken({
      rule: 'W7',
      place,
      seq,
      expected: inWords(wanted),
      got: sameNames(wanted, got) ? 'the same with other entries' : inWords(got),
    });
  }
}

/** What waits for other observers' records of the same transactions. */
type Waiting =
  | { readonly kind: 'from'; readonly seq: number }
  | { readonly kind: 'to'; readonly seq: number; readonly place: Place }
  | {
      readonly kind: 'event';
      readonly seq: number;
      readonly event: SeenEvent;
      readonly place: Place;
    };

/** Most that wait; what has waited longest is skipped. */
const mostWaiting = 1 << 16;

const matches = (wanted: Subscription, change: SeenChange): boolean =>
  isWanted(
    wanted,
    change.kind,
    change.kind === 'PeerAdded' ? undefined : change.old,
    change.kind === 'PeerRemoved' ? undefined : change.now,
  );
