import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '@panoptes/core/observer';
import type { ProcessTerms } from './process-terms.js';

/**
 * Checks that an observer can share the process of its group, which any of them may start for all.
 *
 * @param others - all that are registered
 * @throws {ConfigError} naming the option, and the other observer
 */
export function checkGroup(joining: GroupMember, others: Iterable<GroupMember>): void {
  const terms = joining.hostTerms as ProcessTerms | undefined;
  if (terms?.group === undefined) return;
  const refuse = (option: string, expected: string): never => {
    throw new ConfigError(`observer '${joining.name}', option '${option}': expected ${expected}`);
  };
  for (const other of others) {
    const theirs = other.hostTerms as ProcessTerms | undefined;
    if (theirs?.group !== terms.group || other.name === joining.name) continue;
    const option = differingOption(terms, theirs);
    if (option !== undefined) refuse(`process.${option}`, sameAs(other.name, terms.group));
    if (isReadByBoth(joining, other, terms)) continue;
    refuse(
      'module',
      `${sameAs(other.name, terms.group)}, or that 'process.permissions.read' has both: ` +
        'their sandbox reads that of the one that starts it',
    );
  }
}

/** What is expected of an option that an observer has otherwise than another of its group. */
export const sameAs = (name: string, group: string): string =>
  `what observer '${name}' has, for both are in the process of group '${group}'`;

/** An option of which two that share a process say different things, if there is one. */
export function differingOption(a: object, b: object): string | undefined {
  const [mine, theirs] = [a, b].map((terms) => new Map<string, unknown>(Object.entries(terms)));
  return [...mine!.keys(), ...theirs!.keys()].find(
    (option) => JSON.stringify(mine!.get(option)) !== JSON.stringify(theirs!.get(option)),
  );
}

/** What a group asks of an observer's registration. */
export interface GroupMember {
  readonly name: string;
  /** URL of its module. */
  readonly module: string;
  /** Its `ProcessTerms`, if it is in a process. */
  readonly hostTerms: unknown;
}

/** Whether a process that either of them has started can read the modules of both. */
function isReadByBoth(a: GroupMember, b: GroupMember, { permissions }: ProcessTerms): boolean {
  if (permissions === undefined || a.module === b.module) return true;
  return [a, b].every(({ module }) => {
    const path = module.startsWith('file:') ? fileURLToPath(module) : undefined;
    return permissions.read.some(
      (granted) => path === undefined || path === granted || path.startsWith(granted + sep),
    );
  });
}
