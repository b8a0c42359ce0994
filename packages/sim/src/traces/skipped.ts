import { PeerValidationError } from '@panoptes/core/observer';
import { TraceError, type TracePosition } from './trace-error.js';

/** What was left out of the files that were read. */
export interface Skipped {
  /** Entries in all. */
  readonly count: number;
  /** The first of them. */
  readonly first: readonly SkippedEntry[];
}

/** An entry of a trace that was left out: where it is, and why. */
export interface SkippedEntry {
  readonly file: string;
  /** Number of the line, from 1; absent where it has none. */
  readonly line?: number;
  /** The field within the line or document, as in `nodes[3].firstSeen`; absent for all of it. */
  readonly field?: string;
  readonly reason: string;
}

const mostNamed = 10;

/**
 * Counts the entries of a trace that cannot be taken: in a recording of thousands of nodes one is odd
 * sooner or later. What is wrong with a file as a whole (cut off, not JSON, no text at all) is not an
 * entry's fault and never passes here.
 */
export class SkipCount implements Skipped {
  readonly #first: SkippedEntry[] = [];
  #firstError: TraceError | undefined;
  #count = 0;

  /** @param strict - whether the first one is thrown instead */
  constructor(private readonly strict: boolean) {}

  get count(): number {
    return this.#count;
  }

  get first(): readonly SkippedEntry[] {
    return this.#first;
  }

  /** The result of taking an entry, or undefined when it is left out. */
  attempt<T>(take: () => T): T | undefined {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.leaveOut(error);
      return undefined;
    }
  }

  /** Takes entry by entry, without those that are left out. */
  async *taken<Entry, Taken>(
    entries: AsyncIterable<Entry>,
    take: (entry: Entry) => Taken,
  ): AsyncGenerator<Taken, undefined> {
    for await (const entry of entries) {
      const taken = this.attempt(() => take(entry));
      if (taken !== undefined) yield taken;
    }
  }

  /** @param entries - how many one error stands for */
  leaveOut(error: TraceError, entries = 1): void {
    if (this.strict) throw error;
    this.#count += entries;
    this.#firstError ??= error;
    if (this.#first.length === mostNamed) return;
    const { file, line, field, problem } = error;
    this.#first.push({
      file,
      ...(line !== undefined && { line }),
      ...(field !== undefined && { field }),
      reason: problem,
    });
  }

  /** The error of a trace of which nothing is left. */
  nothingLeft(position: TracePosition, wanted: string): TraceError {
    const first = this.#firstError;
    if (first === undefined) return new TraceError(position, `expected ${wanted}, got none`);
    const all = this.#count === 1 ? 'its only entry' : `none of its ${this.#count} entries`;
    const cannot = this.#count === 1 ? 'cannot be taken' : 'can be taken';
    return new TraceError(first, `${first.problem} (${all} ${cannot})`, { cause: first });
  }
}

/** What several files left out, together. */
export function allSkipped(parts: readonly Skipped[]): Skipped {
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    first: parts.flatMap(({ first }) => first).slice(0, mostNamed),
  };
}

/**
 * Makes an entry of the registry. What a field may hold is its own affair, in its own units: here an
 * entry that it does not take becomes an error of the trace.
 *
 * @throws {TraceError} at the position, with the field
 */
export function takePeer<T>(position: TracePosition, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PeerValidationError)) throw error;
    throw new TraceError(position, error.message, { cause: error });
  }
}
