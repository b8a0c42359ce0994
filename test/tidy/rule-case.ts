import type { Rule } from './project-file.js';

/** A rule with its claim, and small projects that show what it finds and what it lets pass. */
export interface RuleCase {
  claim: string;
  rule: Rule;
  /** Path → text. */
  files: Record<string, string>;
  /** The start of every violation that the rule must find in `files`, and there are no others. */
  finds: string[];
}
