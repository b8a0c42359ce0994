import { ResumePolicy } from './resume-policy.js';

/**
 * The resume policies of a registry's observers, by name: what failed in one registration is known to
 * the next one of that name, which would otherwise be given it again for ever.
 */
export class ResumePolicies {
  /** The one that was asked for last comes last. */
  readonly #byName = new Map<string, ResumePolicy>();

  /** That of a name; a new one when it has none, for which the oldest makes room. */
  of(name: string): ResumePolicy {
    const policy = this.#byName.get(name) ?? new ResumePolicy();
    this.#byName.delete(name);
    this.#byName.set(name, policy);
    if (this.#byName.size > maxNamesKept) this.#byName.delete(this.#byName.keys().next().value!);
    return policy;
  }
}

/** Most names of which it is kept. */
const maxNamesKept = 1_024;
