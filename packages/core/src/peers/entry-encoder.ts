import {
  type EntryLayout,
  type EntryMemory,
  type GroupNode,
  type Member,
  entryHeadroom,
  entryMemory,
  maxEntryBytes,
  peerLayout,
} from './entry-layout.js';
import { fail, putCount, putDouble, putHex, putText, tooLarge } from './field-writers.js';
import type { HexField, ListField, NumberField, TextField } from './field-kinds.js';
import { IdentityCache } from './identity-cache.js';

/**
 * Checks an entry and writes its bytes at `base`, a multiple of 8, behind which at least
 * `entryHeadroom` bytes are free.
 *
 * @returns the entry's length in bytes
 * @throws {PeerValidationError} naming the first bad field; what was written is to be ignored
 */
export type EncodeEntry = (entry: unknown, memory: EntryMemory, base: number) => number;

/*
 * A layout is turned into the source of one function that walks an entry once, checking each field
 * and storing it at its place. Walking the table itself for each entry would load properties by
 * computed names, which costs several microseconds; the generated function costs under one.
 * Only the table of fields, never a caller's data, becomes source text.
 */

/** The first of the fields: its texts are the first of the tail, where `IdentityCache` puts them. */
const identityPath = 'peerId';

/** Makes the function that checks and writes entries of a layout. */
export function compileEncoder(layout: EntryLayout): EncodeEntry {
  const code: string[] = [];
  let names = 0;
  const fresh = (): string => `v${names++}`;
  const quote = (text: string): string => JSON.stringify(text);

  const emitNumber = (value: string, field: NumberField, path: string): string => {
    const whole = field.integer ? ` && Math.floor(${value}) === ${value}` : '';
    const expected = numberExpectation(field);
    code.push(
      `if (!(typeof ${value} === 'number' && ${value} >= ${field.min} && ${value} <= ${field.max}${whole})) fail(${path}, ${quote(expected)}, ${value});`,
    );
    return `${value} + 0`; // -0 and 0 are one value, so they must be the same bytes
  };

  const emitItem = (value: string, field: TextField | NumberField, path: string): void => {
    if (field.kind === 'text') {
      code.push(
        `at = putText(u8, at + 2, ${value}, ${field.minBytes}, ${field.maxBytes}, ${path});`,
        `u8[mark] = (at - mark - 2) & 255; u8[mark + 1] = (at - mark - 2) >> 8; mark = at;`,
      );
    } else {
      code.push(`putDouble(u8, at, ${emitNumber(value, field, path)}); mark = at += 8;`);
    }
  };

  const emitList = (value: string, field: ListField, path: string): void => {
    const index = fresh();
    const item = fresh();
    code.push(
      `if (!Array.isArray(${value}) || ${value}.length > ${field.maxItems}) fail(${quote(path)}, ${quote(`a list of at most ${field.maxItems}`)}, ${value});`,
      `putCount(u8, at, ${value}.length); mark = at += 4;`,
      `for (let ${index} = 0; ${index} < ${value}.length; ${index}++) {`,
      `if (at > limit) tooLarge();`,
      `const ${item} = ${value}[${index}];`,
    );
    const itemPath = `${quote(`${path}[`)} + ${index} + ']`;
    if (field.item.kind === 'text') {
      emitItem(item, field.item, `${itemPath}'`);
    } else {
      code.push(
        `if (${item} === null || typeof ${item} !== 'object') fail(${itemPath}', 'an object', ${item});`,
      );
      for (const [name, inner] of Object.entries(field.item.fields)) {
        const member = fresh();
        code.push(`const ${member} = ${item}[${quote(name)}];`);
        emitItem(member, inner, `${itemPath}.${name}'`);
      }
    }
    code.push('}');
  };

  const emitBytes = (
    value: string,
    field: TextField | HexField | ListField,
    path: string,
  ): void => {
    if (field.kind === 'list') emitList(value, field, path);
    else {
      const put = field.kind === 'text' ? 'putText' : 'putHex';
      code.push(
        `at = ${put}(u8, at, ${value}, ${field.minBytes}, ${field.maxBytes}, ${quote(path)});`,
      );
    }
  };

  const emitRead = (owner: string, { name }: Member): string => {
    const value = fresh();
    code.push(`const ${value} = ${owner}[${quote(name)}];`);
    return value;
  };

  const emitMember = (value: string, { presence, node }: Member): void => {
    if (presence !== undefined) {
      code.push(`if (${value} !== undefined) { bits |= ${1 << presence.shift};`);
    }
    switch (node.kind) {
      case 'group':
        emitGroup(value, node);
        break;
      case 'number':
        code.push(`f64[b8 + ${node.slot}] = ${emitNumber(value, node.field, quote(node.path))};`);
        break;
      case 'bits':
        emitBits(value, node.path, node.words, node.shift);
        break;
      case 'bytes':
        code.push(`start = at;`);
        emitBytes(value, node.field, node.path);
        code.push(
          `u32[b4 + ${2 * node.slot}] = start - base; u32[b4 + ${2 * node.slot + 1}] = at - start;`,
        );
    }
    if (presence !== undefined) {
      code.push('} else {');
      for (const slot of slotsOf(node)) code.push(`f64[b8 + ${slot}] = 0;`);
      code.push('}');
    }
  };

  const emitBits = (value: string, path: string, words: readonly string[], shift: number): void => {
    if (words.length === 0) {
      code.push(
        `if (${value} === true) bits |= ${1 << shift}; else if (${value} !== false) fail(${quote(path)}, 'true or false', ${value});`,
      );
      return;
    }
    const cases = words.map((word, at) => `${value} === ${quote(word)} ? ${at} : `).join('');
    code.push(
      `bits |= (${cases}fail(${quote(path)}, ${quote(`one of ${words.join(', ')}`)}, ${value})) << ${shift};`,
    );
  };

  const emitGroup = (value: string, node: GroupNode): void => {
    code.push(
      `if (${value} === null || typeof ${value} !== 'object') fail(${quote(node.path || 'peer')}, 'an object', ${value});`,
    );
    if (node.path === identityPath) emitIdentity(value, node);
    else for (const member of node.members) emitMember(emitRead(value, member), member);
  };

  const emitIdentity = (value: string, node: GroupNode): void => {
    const values = node.members.map((member) => emitRead(value, member));
    const texts = values.join(', ');
    code.push(
      `at += identities.recall(${texts}, memory, base); if (at === base + ${layout.fixedBytes}) {`,
    );
    for (const [index, member] of node.members.entries()) emitMember(values[index]!, member);
    code.push(`identities.keep(${texts}, memory, base, at - base - ${layout.fixedBytes});`, '}');
  };

  emitGroup('entry', layout.root);
  const source = `'use strict';
return function encodeEntry(entry, memory, base) {
  const u8 = memory.u8, u32 = memory.u32, f64 = memory.f64;
  const b4 = base >>> 2, b8 = base >>> 3, limit = base + ${maxEntryBytes};
  let bits = 0, start = 0, at = base + ${layout.fixedBytes}, mark = 0;
  ${code.join('\n  ')}
  const end = (at + 7) & ~7;
  if (end > limit) tooLarge();
  while (at < end) u8[at++] = 0;
  u32[b4] = end - base;
  u32[b4 + 1] = bits;
  return end - base;
};`;
  const called = { ...parts, identities: new IdentityCache() };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made of the table of fields alone, see above
  const build = new Function(...Object.keys(called), source) as (
    ...given: unknown[]
  ) => EncodeEntry;
  return build(...Object.values(called));
}

function slotsOf(node: Member['node']): number[] {
  if (node.kind === 'group') return node.members.flatMap((member) => slotsOf(member.node));
  return node.kind === 'bits' ? [] : [node.slot];
}

function numberExpectation({ min, max, integer }: NumberField): string {
  const what = integer ? 'a whole number' : 'a finite number';
  if (max === Number.MAX_VALUE || max === Number.MAX_SAFE_INTEGER) return `${what} from ${min} up`;
  return `${what} from ${min} to ${max}`;
}

/** What the generated functions call, each with a cache of its own beside. */
const parts = {
  fail,
  putText,
  putHex,
  putDouble,
  putCount,
  tooLarge,
};

/** Writes peer entries. */
export const encodeEntry: EncodeEntry = compileEncoder(peerLayout);

let scratch: EntryMemory | undefined;

/**
 * Checks an entry without keeping its bytes.
 *
 * @throws {PeerValidationError} naming the first bad field
 */
export function checkEntry(entry: unknown): void {
  scratch ??= entryMemory(new ArrayBuffer(entryHeadroom));
  encodeEntry(entry, scratch, 0);
}
