import { isSequence } from '../own-record.js';
import { isNumberOf } from './field-kinds.js';
import { type EntryMemory, type GroupNode, type Member, peerLayout } from './entry-layout.js';
import type { PeerPatch } from './peer-patch.js';

/**
 * A patch of numbers, flags and choices alone, as what it writes over an entry's bytes. Neither the
 * entry nor what becomes of it is ever an object then: a heartbeat costs about what an upsert does.
 */
export interface NumberPatch {
  /** Slots of the numbers that it sets. */
  readonly slots: readonly number[];
  /** Their values, which are ones that their fields can have. */
  readonly values: readonly number[];
  /** The bits that it sets or clears: flags, choices, and that a number is there. */
  readonly mask: number;
  readonly bits: number;
  /** The bits of the optional groups that it is about, which an entry must have for it to fit. */
  readonly groups: number;
}

/**
 * Makes numbers of a patch that its caller cannot change any more.
 *
 * @returns nothing when it is about anything else, or bad: it is to be put over the entry as an object
 */
export function numberPatch(patch: PeerPatch): NumberPatch | undefined {
  const numbers: Draft = { slots: [], values: [], mask: 0, bits: 0, groups: 0 };
  return addGroup(numbers, root, patch) ? numbers : undefined;
}

/** Whether an entry has all the groups that a patch is about. */
export const fitsEntry = ({ groups }: NumberPatch, { u32 }: EntryMemory, base: number): boolean =>
  (u32[(base >>> 2) + 1]! & groups) === groups;

/** Writes a patch over an entry that it fits. */
export function overwriteEntry(patch: NumberPatch, { u32, f64 }: EntryMemory, base: number): void {
  const { slots, values, mask, bits } = patch;
  const at = (base >>> 2) + 1;
  u32[at] = (u32[at]! & ~mask) | bits;
  for (let place = 0; place < slots.length; place++) {
    f64[(base >>> 3) + slots[place]!] = values[place]!;
  }
}

type Draft = {
  -readonly [Name in keyof NumberPatch]: NumberPatch[Name] extends number ? number : number[];
};

/** The members of a group by their names. */
interface Group {
  readonly members: ReadonlyMap<string, Member>;
  readonly groups: ReadonlyMap<string, Group>;
}

const groupOf = ({ members }: GroupNode): Group => ({
  members: new Map(members.map((member) => [member.name, member])),
  groups: new Map(
    members.flatMap(({ name, node }) =>
      node.kind === 'group' ? [[name, groupOf(node)] as const] : [],
    ),
  ),
});

const root = groupOf(peerLayout.root);

/** @returns whether all of it could be added */
function addGroup(draft: Draft, { members, groups }: Group, given: unknown): boolean {
  // Bytes and lists have millions of names, and none of a field.
  if (given === null || typeof given !== 'object' || isSequence(given)) return false;
  const values = given as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined) continue;
    const member = members.get(name);
    if (member === undefined) return false;
    const { node, presence } = member;
    if (presence !== undefined) {
      const bit = presence.mask << presence.shift;
      if (node.kind === 'group') {
        draft.groups |= bit;
      } else {
        draft.mask |= bit;
        draft.bits |= bit;
      }
    }
    const isAdded =
      node.kind === 'group'
        ? addGroup(draft, groups.get(name)!, value)
        : addLeaf(draft, node, value);
    if (!isAdded) return false;
  }
  return true;
}

function addLeaf(draft: Draft, leaf: Exclude<Member['node'], GroupNode>, value: unknown): boolean {
  switch (leaf.kind) {
    case 'number':
      if (!isNumberOf(leaf.field, value)) return false;
      draft.slots.push(leaf.slot);
      draft.values.push(value + 0); // -0 and 0 are one value, so they must be the same bytes
      return true;
    case 'bits': {
      const word =
        leaf.words.length === 0 ? flags.indexOf(value) : leaf.words.indexOf(value as string);
      if (word === -1) return false;
      draft.mask |= leaf.mask << leaf.shift;
      draft.bits |= word << leaf.shift;
      return true;
    }
    case 'bytes':
      return false;
  }
}

const flags: readonly unknown[] = [false, true];
