import { ConnectionBrokenError } from '../connection-errors.js';
import { errorFrom } from '../error-copy.js';
import { PeerValidationError } from '../errors.js';
import { encodedEntries } from './encoded-entry-check.js';
import { peerEncoder } from './entry-encoder.js';
import { copyWords, entryHeadroom, entryMemory, maxEntryBytes } from './entry-layout.js';
import { decodeEntry } from './entry-view.js';
import { layoutMembers } from './layout-member.js';
import { putAt } from './number-patch-units.js';
import type { OwnPatch } from './own-patch.js';
import type { PeerEntry } from './peer-entry.js';
import { type PeerPatch, patchEntry } from './peer-patch.js';
import type { UnitReader, UnitWriter } from './unit-stream.js';

/*
 * Any patch on its way from one thread to another: the smallest entry with the patch over it, encoded and
 * so checked where it comes from, and the numbers of the members that the patch names. A member that the
 * patch takes away is absent in that entry. So what is read is held to the same rules as a whole entry.
 */

/**
 * Writes a patch.
 *
 * @throws {PeerValidationError} naming what no entry may have, as it would be when it is put over one;
 *   what was written is to be ignored
 */
export function writeFieldPatch({ fields }: OwnPatch, units: UnitWriter): void {
  // First: what is not made like an entry need not be gone through any further.
  const length = peerEncoder.encode(patchEntry(smallest, fields), scratch, 0, notSaid);
  const named: number[] = [];
  nameMembers(fields, [], named);
  units.words(named.length);
  for (const number of named) units.words(number);
  copyWords(scratch, 0, units.memory, units.length, length);
  units.length += length;
}

/**
 * Reads a patch, to the end of the units.
 *
 * @param now - gives the present, Unix milliseconds
 * @throws {ConnectionBrokenError} when it is none
 */
export function readFieldPatch(units: UnitReader, now: () => number): OwnPatch {
  const count = units.words();
  if (count > layoutMembers.length) throw new ConnectionBrokenError('a patch came with too much');
  const named = Array.from({ length: count }, () => units.words());
  const length = units.end - units.at;
  if (length > maxEntryBytes) throw new ConnectionBrokenError('a patch came that is too long');
  units.copyRest(scratch, 0);
  encodedEntries.check(scratch, 0, length, now);
  const entry = decodeEntry(scratch, 0);
  const fields: PeerPatch = {};
  for (const number of named) {
    const member = layoutMembers[number];
    if (member === undefined) throw new ConnectionBrokenError('a patch came with no such field');
    const value = valueAt(entry, member.path);
    // What an entry lacks is taken away; of a group that it has, what is named in it.
    const isGroup = member.node.kind === 'group' && value !== undefined;
    putAt(fields, member.path, isGroup ? {} : (value ?? null));
  }
  return { fields, numbers: undefined };
}

/** A patch that is refused when it is its turn, for what is wrong with it whatever it is put over. */
export const refusedPatch = (field: string, message: string) => (): never => {
  const { name, code } = new PeerValidationError(field, '', undefined);
  throw errorFrom({ name, code, message, details: [['field', field]] });
};

const scratch = entryMemory(new ArrayBuffer(entryHeadroom));
const notSaid = (): number => NaN;
/** What every entry is larger than. */
const smallest = {
  peerId: { nodeId: '0', publicKey: '00', did: '0' },
} as unknown as PeerEntry;

/** Finds the members that a patch names, groups before what is in them. */
function nameMembers(fields: object, outer: readonly string[], named: number[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const path = [...outer, name];
    const number = numbers.get(path.join('.'));
    // Unknown: putting it over an entry refuses it.
    if (number === undefined) continue;
    named.push(number);
    if (layoutMembers[number]!.node.kind === 'group' && value !== null) {
      nameMembers(Object(value) as object, path, named);
    }
  }
}

const numbers = new Map(layoutMembers.map(({ path, number }) => [path.join('.'), number]));

const valueAt = (entry: PeerEntry, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (group, name) => (group as Readonly<Record<string, unknown>> | undefined)?.[name],
    entry,
  );
