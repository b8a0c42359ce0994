import type { Place } from './history.js';

/** The outcome of all rules. */
export interface Verdicts {
  readonly rules: readonly RuleVerdict[];
  /** The first ones, in the order found; the rules count all. */
  readonly violations: readonly Violation[];
  readonly verdict: 'pass' | 'fail';
}

/** The rules that histories are held to, by the names of the conformance rules where they have one. */
const rules = {
  W1: 'seq never goes back within an incarnation',
  W2: 'no seq comes twice within an incarnation',
  W3: 'a transaction arrives whole, in one piece, and the same for all observers',
  W4: 'nothing is missing unless a resync is announced at that point',
  W5: 'nothing comes before its snapshot, and after one at S the first is S + 1',
  W6: 'nothing at or below an announced progress point arrives after it',
  W7: 'everything that matches a filter arrives, and nothing else',
  W8: 'the old entry is the new one of the change before',
  W13: 'a snapshot at S holds what the log comes to at S',
  E1: 'a life of the registry begins with the peers that the log had come to there',
  E2: 'no transaction that was said to be durable is lost with a life',
  E4: 'the epoch grows with every life, and seqs go on where the last one ended',
  E8: 'what resumes behind a transaction gets every change after it once, or a resync',
  convergence: 'observers at one transaction hold the same peers and give the same digest',
  delivery: 'a live observer has seen the last transaction',
  lives: 'one incarnation runs at a time, and records nothing after its end',
  restarts: 'no observer is restarted more often than its intensity allows',
  caps: 'there are never more peers or observers than the limits say',
  indexes: 'every index of the registry agrees with its peers',
} as const;

export type RuleName = keyof typeof rules;

export const ruleNames = Object.freeze(Object.keys(rules) as RuleName[]);

/** A place where a rule is broken. */
export interface Violation {
  readonly rule: RuleName;
  /** Of whose history; absent when it is about the registry or the run as a whole. */
  readonly place?: Place;
  /** The transaction it is about. */
  readonly seq?: number;
  readonly expected: string;
  readonly got: string;
}

/** The outcome of one rule. */
export interface RuleVerdict {
  readonly rule: RuleName;
  /** The rule in words. */
  readonly claim: string;
  /** Places looked at. 0: there was nothing to hold it to. */
  readonly checked: number;
  /** Places that could not be looked at, since what to compare them with was not known. */
  readonly skipped: number;
  readonly violations: number;
}

/** Most violations that are kept word for word. */
const mostViolations = 100;

/** Gathers what rules find. */
export class Findings {
  readonly #counts = new Map<RuleName, { checked: number; skipped: number; violations: number }>();
  readonly #violations: Violation[] = [];

  /** Says that a rule was looked at in a place, or several. */
  checked(rule: RuleName, places = 1): void {
    this.#of(rule).checked += places;
  }

  /** Says that a rule could not be looked at in a place, or several. */
  skipped(rule: RuleName, places = 1): void {
    this.#of(rule).skipped += places;
  }

  /** Says that a rule is broken. */
  broken(violation: Violation): void {
    this.#of(violation.rule).violations++;
    if (this.#violations.length < mostViolations) this.#violations.push(violation);
  }

  /** Adds the findings of another checker. */
  add(other: Verdicts): void {
    for (const { rule, checked, skipped } of other.rules) {
      this.checked(rule, checked);
      this.skipped(rule, skipped);
    }
    for (const violation of other.violations) this.broken(violation);
    // Those that were found and not kept are still counted.
    for (const { rule, violations } of other.rules) {
      const kept = other.violations.filter((violation) => violation.rule === rule).length;
      this.#of(rule).violations += violations - kept;
    }
  }

  verdicts(): Verdicts {
    const names = Object.keys(rules) as RuleName[];
    const verdicts = names.map((rule) => ({ rule, claim: rules[rule], ...this.#of(rule) }));
    return {
      rules: verdicts,
      violations: [...this.#violations],
      verdict: verdicts.every(({ violations }) => violations === 0) ? 'pass' : 'fail',
    };
  }

  #of(rule: RuleName): { checked: number; skipped: number; violations: number } {
    let counts = this.#counts.get(rule);
    if (counts === undefined) {
      counts = { checked: 0, skipped: 0, violations: 0 };
      this.#counts.set(rule, counts);
    }
    return counts;
  }
}
