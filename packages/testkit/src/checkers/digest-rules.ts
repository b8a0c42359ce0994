import type { Place } from './history.js';
import type { Findings } from './verdicts.js';

/** Digests of observers of one kind, at one transaction: they converge. */
export class DigestRules {
  readonly #first = new Map<string, { readonly digest: string; readonly by: Place }>();

  constructor(private readonly findings: Findings) {}

  /** The next life of the registry begins at `seq`. */
  goBack(seq: number): void {
    for (const key of this.#first.keys()) {
      if (Number.parseInt(key, 10) > seq) this.#first.delete(key);
    }
  }

  digest(kind: string, seq: number, digest: string, by: Place): void {
    const key = `${seq} ${kind}`;
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, { digest, by });
      if (this.#first.size > mostDigests) this.#first.delete(this.#first.keys().next().value!);
      return;
    }
    this.findings.checked('convergence');
    if (first.digest === digest) return;
    const { observer, incarnation } = first.by;
    this.findings.broken({
      rule: 'convergence',
      place: by,
      seq,
      expected: `the digest of ${observer} (incarnation ${incarnation}), ${short(first.digest)}`,
      got: short(digest),
    });
  }
}

/** Digests that are remembered at most; the oldest goes. */
const mostDigests = 4_096;

const short = (digest: string): string => (digest.length > 16 ? `${digest.slice(0, 16)}…` : digest);
