import { inWords, sameChanges, sameNames } from './change-words.js';
import type { Place, SeenChange, SeenEvent } from './history.js';
import type { Findings } from './verdicts.js';

/**
 * The log as all observers together tell it: what one of them saw of a transaction, and which peers
 * there were after it, must be what every other one sees (W3, W13, convergence), also in another
 * incarnation, and in another life of the registry (E1).
 */
export class Transcript {
  readonly #told = new Map<number, Told>();
  /** Transactions before this one have been forgotten. */
  #floor = 0;
  #changes = 0;
  #frontier = -1;
  /** Of the registry, counted from 0. */
  #life = 0;

  /** @param mostChanges - remembered at most; what all observers have seen long ago is forgotten first */
  constructor(
    private readonly findings: Findings,
    private readonly mostChanges = usualChanges,
  ) {}

  /** Every transaction from `floor` to this one has been told. */
  get frontier(): number {
    return this.#frontier;
  }

  /** The next life of the registry begins at `seq`: what was told of later ones is not what will come. */
  goBack(seq: number): void {
    this.#life++;
    for (const [later, { event }] of this.#told) {
      if (later <= seq) continue;
      this.#changes -= event?.changes.length ?? 0;
      this.#told.delete(later);
    }
    this.#frontier = Math.min(this.#frontier, seq);
  }

  /** A transaction's changes as they were told; undefined when they were not, or were forgotten. */
  changesOf(seq: number): readonly SeenChange[] | undefined {
    return this.#told.get(seq)?.event?.changes;
  }

  /** Returns whether an observer saw the same as others did, as far as that is known. */
  event(event: SeenEvent, by: Place): boolean {
    const { seq, changes } = event;
    const told = this.#tell(seq);
    if (told === undefined) {
      this.findings.skipped('W3');
      return true;
    }
    this.findings.checked('W3');
    if (told.event === undefined) {
      told.event = { changes, by };
      this.#changes += changes.length;
      this.#advance(seq);
      return true;
    }
    if (sameChanges(told.event.changes, changes)) return true;
    this.findings.broken({
      rule: 'W3',
      place: by,
      seq,
      expected: `the ${inWords(told.event.changes)} that ${whose(told.event.by)} saw`,
      got: sameNames(told.event.changes, changes)
        ? 'the same with other entries'
        : inWords(changes),
    });
    return false;
  }

  /** Returns whether what one has agrees with what others had, as far as that is known. */
  peers(claim: PeersClaim, by: Place): boolean {
    const { seq, size, sum, isSnapshot } = claim;
    const told = this.#tell(seq);
    if (told === undefined) {
      this.findings.skipped(isSnapshot ? 'W13' : 'convergence');
      return true;
    }
    const first = told.peers;
    if (first === undefined) {
      told.peers = { size, sum, by, isSnapshot, life: this.#life };
      return true;
    }
    const isOfEarlierLife = first.life < this.#life;
    const rule = isOfEarlierLife ? 'E1' : isSnapshot || first.isSnapshot ? 'W13' : 'convergence';
    this.findings.checked(rule);
    if (first.size === size && first.sum === sum) return true;
    const source = first.isSnapshot ? 'a snapshot of ' : '';
    this.findings.broken({
      rule,
      place: by,
      seq,
      expected: `the ${first.size} peers that ${source}${whose(first.by)} came to`,
      got: size === first.size ? `as many, but others` : `${size}`,
    });
    return false;
  }

  #tell(seq: number): Told | undefined {
    if (seq < this.#floor) return undefined;
    let told = this.#told.get(seq);
    if (told === undefined) {
      told = {};
      this.#told.set(seq, told);
      this.#forget();
    }
    return told;
  }

  #advance(seq: number): void {
    if (this.#frontier === -1) this.#frontier = seq;
    while (this.#told.get(this.#frontier + 1)?.event !== undefined) this.#frontier++;
  }

  /** The lowest numbers go; those in a run without holes are found at once. */
  #forget(): void {
    if (this.#changes + this.#told.size <= this.mostChanges) return;
    const oldest = [...this.#told.keys()].sort((a, b) => a - b);
    for (const seq of oldest.slice(0, Math.ceil(oldest.length / 4))) {
      this.#changes -= this.#told.get(seq)!.event?.changes.length ?? 0;
      this.#told.delete(seq);
      this.#floor = seq + 1;
    }
    if (this.#frontier < this.#floor) this.#frontier = this.#floor - 1;
  }
}

/** Enough for observers that are far apart. */
const usualChanges = 1 << 18;

/** What was reported of one transaction, by the first to report it. */
interface Told {
  event?: { readonly changes: readonly SeenChange[]; readonly by: Place };
  peers?: {
    readonly size: number;
    readonly sum: number;
    readonly by: Place;
    readonly isSnapshot: boolean;
    readonly life: number;
  };
}

/** Peers as of one transaction, as one observer has them. */
export interface PeersClaim {
  readonly seq: number;
  readonly size: number;
  readonly sum: number;
  /** Whether a snapshot says so, not a history of changes. */
  readonly isSnapshot: boolean;
}

const whose = ({ observer, incarnation }: Place): string =>
  `${observer} (incarnation ${incarnation})`;
