import { isSequence } from '../own-record.js';
import { isNumberOf } from './field-kinds.js';
import {
  type EntryMemory,
  type GroupNode,
  type Member,
  leafAt,
  peerLayout,
} from './entry-layout.js';
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
  draft.count = draft.mask = draft.bits = draft.groups = 0;
  if (!addGroup(draft, root, patch)) return undefined;
  const { count, mask, bits, groups } = draft;
  const [slots, values] = [draft.slots.slice(0, count), draft.values.slice(0, count)];
  return { slots, values, mask, bits, groups };
}

/** The numbers of a patch of `lastSeen` alone; nothing when that is none it can be. */
export function touchNumbers(lastSeen: number): NumberPatch | undefined {
  if (!isNumberOf(lastSeenLeaf.field, lastSeen)) return undefined;
  return { slots: [lastSeenLeaf.slot], values: [lastSeen + 0], mask: 0, bits: 0, groups: 0 };
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

interface Draft {
  /** Of these the first `count` are the patch's. */
  readonly slots: number[];
  readonly values: number[];
  count: number;
  mask: number;
  bits: number;
  groups: number;
}

/** Where one patch after another is gathered: a list that grows takes room for more than a patch has. */
const draft: Draft = { slots: [], values: [], count: 0, mask: 0, bits: 0, groups: 0 };

const lastSeenLeaf = leafAt('number', 'lastSeen');

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
function addGroup(to: Draft, { members, groups }: Group, given: unknown): boolean {
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
        to.groups |= bit;
      } else {
        to.mask |= bit;
        to.bits |= bit;
      }
    }
    const isAdded =
      node.kind === 'group' ? addGroup(to, groups.get(name)!, value) : addLeaf(to, node, value);
    if (!isAdded) return false;
  }
  return true;
}

function addLeaf(to: Draft, leaf: Exclude<Member['node'], GroupNode>, value: unknown): boolean {
  switch (leaf.kind) {
    case 'number':
      if (!isNumberOf(leaf.field, value)) return false;
      to.slots[to.count] = leaf.slot;
      to.values[to.count++] = value + 0; // -0 and 0 are one value, so they must be the same bytes
      return true;
    case 'bits': {
      const word =
        leaf.words.length === 0 ? flags.indexOf(value) : leaf.words.indexOf(value as string);
      if (word === -1) return false;
      to.mask |= leaf.mask << leaf.shift;
      to.bits |= word << leaf.shift;
      return true;
    }
    case 'bytes':
      return false;
  }
}

const flags: readonly unknown[] = [false, true];
