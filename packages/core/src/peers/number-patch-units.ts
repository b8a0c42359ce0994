import { ConnectionBrokenError } from '../connection-errors.js';
import type { LayoutMember } from './layout-member.js';
import { layoutMembers } from './layout-member.js';
import { isNumberOf } from './field-kinds.js';
import type { NumberPatch } from './number-patch.js';
import type { OwnPatch } from './own-patch.js';
import type { PeerPatch } from './peer-patch.js';
import type { UnitReader, UnitWriter } from './unit-stream.js';

/*
 * A patch of numbers on its way from one thread to another: for each of them the number of its field, and
 * the value; a flag is 0 or 1, a choice the place of its word. The reader makes the patch anew, so there
 * is nothing in the bytes that could be at odds with itself. NaN is the present, of a time.
 */

/**
 * Writes a patch.
 *
 * @returns false when it is about a group of which it names no field, and nothing was written
 */
export function writeNumberPatch(patch: NumberPatch, units: UnitWriter): boolean {
  const { slots, values, mask, bits } = patch;
  const named = bitFields.filter(({ full }) => (mask & full) !== 0);
  let groups = 0;
  for (const slot of slots) groups |= bySlot.get(slot)!.groups;
  for (const { member } of named) groups |= member.groups;
  if (groups !== patch.groups) return false;
  units.words(slots.length + named.length);
  for (const [at, slot] of slots.entries()) {
    units.words(bySlot.get(slot)!.number);
    units.number(values[at]!);
  }
  for (const { member, full, shift } of named) {
    units.words(member.number);
    units.number((bits & full) >>> shift);
  }
  return true;
}

/**
 * Reads a patch.
 *
 * @param now - gives the present, Unix milliseconds
 * @throws {ConnectionBrokenError} when it is none
 */
export function readNumberPatch(units: UnitReader, now: () => number): OwnPatch {
  const count = units.words();
  if (count > layoutMembers.length) throw new ConnectionBrokenError('a patch came with too much');
  const slots: number[] = [];
  const values: number[] = [];
  const named: LayoutMember[] = [];
  let [mask, bits, groups] = [0, 0, 0];
  for (let at = 0; at < count; at++) {
    const member = layoutMembers[units.words()];
    const value = units.number();
    const node = member?.node;
    if (node?.kind === 'number') {
      const given = value !== value && node.field.initial === 'now' ? now() : value;
      if (!isNumberOf(node.field, given)) refuse(member!);
      slots.push(node.slot);
      values.push(given + 0);
      mask |= member!.presence;
      bits |= member!.presence;
    } else if (node?.kind === 'bits') {
      const most = node.words.length === 0 ? 1 : node.words.length - 1;
      if (!(Number.isInteger(value) && value >= 0 && value <= most)) refuse(member!);
      mask |= node.mask << node.shift;
      bits = (bits & ~(node.mask << node.shift)) | (value << node.shift);
    } else {
      throw new ConnectionBrokenError('a patch of numbers came with what is none');
    }
    groups |= member!.groups;
    named.push(member!);
  }
  return new NumbersAsPatch({ slots, values, mask, bits, groups }, named);
}

/** A patch of numbers, and the same as an object, which is needed where it does not fit an entry. */
class NumbersAsPatch implements OwnPatch {
  readonly numbers: NumberPatch;
  readonly #named: readonly LayoutMember[];

  constructor(numbers: NumberPatch, named: readonly LayoutMember[]) {
    this.numbers = numbers;
    this.#named = named;
  }

  get fields(): PeerPatch {
    const { slots, values, bits } = this.numbers;
    const fields = {};
    for (const { path, node } of this.#named) {
      if (node.kind === 'number') putAt(fields, path, values[slots.lastIndexOf(node.slot)]);
      if (node.kind !== 'bits') continue;
      const value = (bits >>> node.shift) & node.mask;
      putAt(fields, path, node.words.length === 0 ? value === 1 : node.words[value]);
    }
    return fields;
  }
}

/** Puts a value into a patch; the names are those of the table of fields. */
export function putAt(fields: object, path: readonly string[], value: unknown): void {
  let group = fields as Record<string, unknown>;
  for (const name of path.slice(0, -1)) group = (group[name] ??= {}) as Record<string, unknown>;
  group[path.at(-1)!] = value;
}

function refuse({ path }: LayoutMember): never {
  throw new ConnectionBrokenError(`a patch came with no value for ${path.join('.')}`);
}

const bySlot = new Map(
  layoutMembers.flatMap((member) =>
    member.node.kind === 'number' ? [[member.node.slot, member] as const] : [],
  ),
);
const bitFields = layoutMembers.flatMap((member) => {
  const { node } = member;
  if (node.kind !== 'bits') return [];
  return [{ member, full: node.mask << node.shift, shift: node.shift }];
});
