import { describe, expectationOf as expectedOf, suggestion } from '@panoptes/core';
import type { z } from 'zod';
import { keysAt } from './schema-keys.js';

/** Says what a validator's issues mean for who wrote the scenario. */
export function findingsOf(issues: readonly Issue[], value: unknown): Finding[] {
  const findings = issues.flatMap((issue) => explain(issue, [], value));
  // A misspelt key explains why the right one is missing.
  const meant = new Set(findings.flatMap(({ meantKey }) => meantKey ?? []));
  return findings
    .filter(({ missingKey }) => missingKey === undefined || !meant.has(missingKey))
    .map(({ path, message }) => ({ path, message }));
}

/** What is wrong at a path of a scenario. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

interface Explained extends Finding {
  /** The path that a misspelt key was meant for. */
  readonly meantKey?: string;
  /** The path that is not there. */
  readonly missingKey?: string;
}

function explain(issue: Issue, outer: readonly PropertyKey[], value: unknown): Explained[] {
  const path = [...outer, ...issue.path];
  const given = valueAt(value, path);
  if (issue.code === 'invalid_union') return explainUnion(issue, path, value);
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, value);
  if (issue.code === 'invalid_key') {
    const { message } = issue.issues[0] ?? issue;
    return [{ path, message: `${message}, got ${describe(path.at(-1))}` }];
  }
  const wanted = expectationOf(issue);
  if (given === undefined) {
    return [{ path, message: `missing; ${wanted}`, missingKey: path.join('.') }];
  }
  const hint = issue.code === 'invalid_value' ? suggestion(given, issue.values.map(String)) : '';
  const got =
    issue.code === 'custom' && issue.path.length > 0 && typeof given === 'object'
      ? ''
      : `, got ${describe(given)}`;
  return [{ path, message: `${wanted}${got}${hint}` }];
}

/** What the branch of a union says that is nearest to what was given. */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly PropertyKey[],
  value: unknown,
): Explained[] {
  const given = valueAt(value, path);
  if ('discriminator' in issue && issue.errors.length === 0) {
    const options = (issue as { options?: readonly unknown[] }).options ?? [];
    const wanted = `expected one of ${options.join(', ')}`;
    return given === undefined
      ? [{ path, message: `missing; ${wanted}`, missingKey: path.join('.') }]
      : [
          {
            path,
            message: `${wanted}, got ${describe(given)}${suggestion(given, options.map(String))}`,
          },
        ];
  }
  const branches = issue.errors.filter((branch) => branch.every((one) => !isOtherKind(one, given)));
  const nearest = branches.sort((a, b) => a.length - b.length)[0];
  if (nearest !== undefined) return nearest.flatMap((one) => explain(one, path, value));
  const wanted = issue.errors.map((branch) => expectationOf(branch[0]!).replace(/^expected /, ''));
  const message = `expected ${[...new Set(wanted)].join('; or ')}`;
  return given === undefined
    ? [{ path, message: `missing; ${message}`, missingKey: path.join('.') }]
    : [{ path, message: `${message}, got ${describe(given)}` }];
}

/** Whether a branch wants another kind of value altogether: text, and not a mapping. */
function isOtherKind(issue: Issue, given: unknown): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_type') return true;
  return issue.code === 'invalid_value' && typeof given !== typeof issue.values[0];
}

function unknownKeys(
  keys: readonly string[],
  path: readonly PropertyKey[],
  value: unknown,
): Explained[] {
  const known = keysAt(value, path);
  const list = `; known here: ${known.join(', ')}`;
  return keys.map((key) => {
    const hint = suggestion(key, known);
    const [, meant] = /'(.+)'/.exec(hint) ?? [];
    return {
      path: [...path, key],
      message: `unknown key${hint === '' ? list : hint}`,
      ...(meant !== undefined && { meantKey: [...path, meant].join('.') }),
    };
  });
}

/** Scenarios are written in YAML, where an object is a mapping. */
const expectationOf = (issue: Issue): string => expectedOf(issue, 'a mapping');

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null)?.[key],
    value,
  );
