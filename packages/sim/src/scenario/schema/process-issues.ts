import { differingOption, sameAs, unheldPermission } from '@panoptes/workers';
import { observerNames } from '../observer-roster.js';
import type { Inconsistency } from './inconsistency.js';
import type { ObserverEntry } from './observers.js';
import type { ProcessEntry } from './process-entry.js';

/** What is wrong with how the processes of a scenario's observers are to be run, here. */
export const processIssues = (observers: readonly ObserverEntry[]): Inconsistency[] => {
  const groups = new Map<string, { readonly name: string; readonly process: ProcessEntry }>();
  return observers.flatMap((entry, at) => {
    if (typeof entry === 'string' || entry.process === undefined) return [];
    const { process } = entry;
    const place = ['observers', at, 'process'];
    if (entry.host !== 'process') {
      return [{ path: place, message: "expected none without 'host: process'" }];
    }
    const { permissions, group } = process;
    const unheld = permissions && unheldPermission(permissions);
    const issues = unheld ? [{ path: [...place, ...unheld.path], message: unheld.message }] : [];
    if (group === undefined) return issues;
    const first = groups.get(group);
    if (first === undefined) groups.set(group, { name: observerNames(entry)[0]!, process });
    const option = first && differingOption(process, first.process);
    if (option === undefined) return issues;
    const message = `expected ${sameAs(first!.name, group)}`;
    return [...issues, { path: [...place, option], message }];
  });
};
