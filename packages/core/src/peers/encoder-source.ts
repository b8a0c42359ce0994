import { type EntryLayout, type GroupNode, type Member, maxEntryBytes } from './entry-layout.js';
import type { HexField, ListField, NumberField, TextField } from './field-kinds.js';

/*
 * A layout is turned into the source of functions that walk an entry once, checking each field and
 * storing it at its place. Walking the table itself for each entry would load properties by
 * computed names, which costs several microseconds; the generated functions cost under one.
 * Only the table of fields, never a caller's data, becomes source text.
 *
 * There are three walks. `encodeWhole` checks and writes everything, and puts the values that the
 * tail is made of beside it. `hasTail` says whether an entry has just those values. Then the tail is
 * copied, and `encodeRest` checks and writes what is left.
 */

/** What a walk does with an entry. */
type Walk = 'whole' | 'tail' | 'rest';

/** The body of a function that returns `encodeEntry`; what it calls stands in `entry-encoder.ts`. */
export function encoderSource({ root, fixedBytes }: EntryLayout): string {
  const start = `const u8 = memory.u8, u32 = memory.u32, f64 = memory.f64;
  const b4 = base >>> 2, b8 = base >>> 3;
  let bits = 0;`;
  return `'use strict';
function countKeys(object) {
  let count = 0;
  for (const name in object) count++;
  return count;
}
function encodeWhole(entry, memory, base, line) {
  ${start}
  const limit = base + ${maxEntryBytes}, values = tails.clear(line);
  let start = 0, at = base + ${fixedBytes}, mark = 0, count = 0, keeps = true;
  ${walkSource(root, 'whole')}
  const end = (at + 7) & ~7;
  if (end > limit) tooLarge();
  while (at < end) u8[at++] = 0;
  u32[b4] = end - base;
  u32[b4 + 1] = bits;
  if (keeps) tails.keep(line, count, memory, base, end);
  return end - base;
}
function hasTail(entry, values) {
  let count = 0;
  ${walkSource(root, 'tail')}
  return true;
}
function encodeRest(entry, memory, base, end) {
  ${start}
  ${walkSource(root, 'rest')}
  u32[b4] = end - base;
  u32[b4 + 1] = bits;
  return end - base;
}
return function encodeEntry(entry, memory, base) {
  const line = tails.lineOf(entry);
  if (tails.has(line) && hasTail(entry, tails.valuesOf(line))) {
    return encodeRest(entry, memory, base, tails.recall(line, memory, base));
  }
  return encodeWhole(entry, memory, base, line);
};`;
}

const quote = (text: string): string => JSON.stringify(text);

function walkSource(root: GroupNode, walk: Walk): string {
  const code: string[] = [];
  let names = 0;

  const read = (owner: string, property: string): string => {
    const value = `v${names++}`;
    code.push(`const ${value} = ${owner}[${property}];`);
    return value;
  };

  /** Has the walk of the tail compare a value with what was put beside the tail. */
  const note = (value: string): void => {
    if (walk === 'whole') code.push(`values[count++] = ${value};`);
    if (walk === 'tail') code.push(`if (${value} !== values[count++]) return false;`);
  };

  /** Refuses what does not hold; a tail that does not is simply another one. */
  const require = (condition: string, path: string, expected: string, value: string): void => {
    const otherwise =
      walk === 'tail' ? 'return false' : `fail(${path}, ${quote(expected)}, ${value})`;
    code.push(`if (!(${condition})) ${otherwise};`);
  };

  const requireObject = (value: string, path: string): void =>
    require(`${value} !== null && typeof ${value} === 'object'`, path, 'an object', value);

  /**
   * Refuses a field that is not in the table. Counting the fields tells whether there is one without
   * looking at their names, which costs ten times as much; where the count is another, for a field
   * that is there but undefined too, the names are looked at. What a class hides from counting, and
   * what an object has in its place, makes up for each other: nothing is lost but a slip's notice.
   *
   * @param given - the values that were read, all optional ones among them; others are known to be there
   */
  const requireKnown = (
    value: string,
    names: readonly string[],
    path: string,
    given: Readonly<Record<'required' | 'optional', readonly string[]>>,
  ): void => {
    const unread = names.length - given.required.length - given.optional.length;
    const missing = given.required.map((one) => `${one} === undefined || `).join('');
    const present = given.optional.map((one) => ` + (${one} === undefined ? 0 : 1)`).join('');
    const all = given.required.length + unread;
    const known = JSON.stringify(Object.fromEntries(names.map((name) => [name, true])));
    const otherwise =
      walk === 'tail' ? 'return false' : `refuseUnknownField(${value}, ${known}, ${path})`;
    code.push(`if (${missing}countKeys(${value}) !== ${all}${present}) ${otherwise};`);
  };

  const checkedNumber = (value: string, field: NumberField, path: string): string => {
    const { min, max, integer } = field;
    const whole = integer ? ` && Math.floor(${value}) === ${value}` : '';
    const inRange = `typeof ${value} === 'number' && ${value} >= ${min} && ${value} <= ${max}`;
    require(`${inRange}${whole}`, path, numberExpectation(field), value);
    return `${value} + 0`; // -0 and 0 are one value, so they must be the same bytes
  };

  const emitItem = (value: string, field: TextField | NumberField, path: string): void => {
    note(value);
    if (walk !== 'whole') return;
    if (field.kind === 'text') {
      code.push(
        `at = putText(u8, at + 2, ${value}, ${field.minBytes}, ${field.maxBytes}, ${path});`,
        `u8[mark] = (at - mark - 2) & 255; u8[mark + 1] = (at - mark - 2) >> 8; mark = at;`,
      );
    } else {
      code.push(`putDouble(u8, at, ${checkedNumber(value, field, path)}); mark = at += 8;`);
    }
  };

  const emitList = (value: string, field: ListField, path: string): void => {
    const expected = `a list of at most ${field.maxItems}`;
    require(`Array.isArray(${value}) && ${value}.length <= ${field.maxItems}`, quote(
      path,
    ), expected, value);
    const length = read(value, quote('length'));
    note(length);
    const index = `v${names++}`;
    if (walk === 'whole') code.push(`putCount(u8, at, ${length}); mark = at += 4;`);
    code.push(`for (let ${index} = 0; ${index} < ${length}; ${index}++) {`);
    if (walk === 'whole') code.push('if (at > limit) tooLarge();');
    const item = read(value, index);
    const itemPath = `${quote(`${path}[`)} + ${index} + ']`;
    if (field.item.kind === 'text') {
      emitItem(item, field.item, `${itemPath}'`);
    } else {
      requireObject(item, `${itemPath}'`);
      const fields = Object.entries(field.item.fields);
      const values = fields.map(([name]) => read(item, quote(name)));
      const names = fields.map(([name]) => name);
      requireKnown(item, names, `${itemPath}'`, { required: values, optional: [] });
      for (const [at, [name, inner]] of fields.entries()) {
        emitItem(values[at]!, inner, `${itemPath}.${name}'`);
      }
    }
    code.push('}');
  };

  const emitBytes = (
    value: string,
    field: TextField | HexField | ListField,
    path: string,
    slot: number,
  ): void => {
    if (walk === 'whole') code.push(`start = at;`);
    if (field.kind === 'list') emitList(value, field, path);
    else {
      note(value);
      if (walk !== 'whole') return;
      const put = field.kind === 'text' ? 'putText' : 'putHex';
      code.push(
        `at = ${put}(u8, at, ${value}, ${field.minBytes}, ${field.maxBytes}, ${quote(path)});`,
      );
      // Who owns the bytes may change them.
      if (field.kind === 'hex') code.push(`if (typeof ${value} !== 'string') keeps = false;`);
    }
    if (walk !== 'whole') return;
    code.push(`u32[b4 + ${2 * slot}] = start - base; u32[b4 + ${2 * slot + 1}] = at - start;`);
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

  const emitMember = (value: string, member: Member): void => {
    const { presence, node } = member;
    if (presence !== undefined) {
      if (concerns('tail', member)) note(`(${value} === undefined)`);
      code.push(`if (${value} !== undefined) {`);
      if (walk !== 'tail') code.push(`bits |= ${1 << presence.shift};`);
    }
    switch (node.kind) {
      case 'group':
        emitGroup(value, node);
        break;
      case 'number':
        code.push(
          `f64[b8 + ${node.slot}] = ${checkedNumber(value, node.field, quote(node.path))};`,
        );
        break;
      case 'bits':
        emitBits(value, node.path, node.words, node.shift);
        break;
      case 'bytes':
        if (walk !== 'rest') emitBytes(value, node.field, node.path, node.slot);
    }
    if (presence === undefined) return;
    code.push('}');
    if (walk === 'tail') return;
    code.push('else {');
    for (const slot of slotsOf(node, walk)) code.push(`f64[b8 + ${slot}] = 0;`);
    code.push('}');
  };

  const emitGroup = (value: string, node: GroupNode): void => {
    requireObject(value, quote(node.path || 'peer'));
    const members = node.members
      .filter((member) => concerns(walk, member))
      .map((member) => ({ member, value: read(value, quote(member.name)) }));
    if (checksNames(walk, node)) {
      const of = (isOptional: boolean) =>
        members
          .filter(({ member }) => (member.presence !== undefined) === isOptional)
          .map((one) => one.value);
      const names = node.members.map(({ name }) => name);
      requireKnown(value, names, quote(node.path), { required: of(false), optional: of(true) });
    }
    for (const one of members) emitMember(one.value, one.member);
  };

  emitGroup('entry', root);
  return code.join('\n  ');
}

/** Whether a walk has anything to do with a member. */
function concerns(walk: Walk, { presence, node }: Member): boolean {
  if (walk === 'whole') return true;
  if (node.kind === 'group') return node.members.some((member) => concerns(walk, member));
  return walk === 'tail' ? node.kind === 'bytes' : node.kind !== 'bytes' || presence !== undefined;
}

/** Whether a walk checks the names of a group: the one that reads all of its optional fields. */
function checksNames(walk: Walk, { members }: GroupNode): boolean {
  if (walk !== 'tail') return true;
  return !members.some((member) => concerns('rest', member));
}

/** The slots that a walk clears for an absent member. */
function slotsOf(node: Member['node'], walk: Walk): number[] {
  if (node.kind === 'group') return node.members.flatMap((member) => slotsOf(member.node, walk));
  if (node.kind === 'bits') return [];
  return node.kind === 'bytes' && walk === 'rest' ? [] : [node.slot];
}

function numberExpectation({ min, max, integer }: NumberField): string {
  const what = integer ? 'a whole number' : 'a finite number';
  if (max === Number.MAX_VALUE || max === Number.MAX_SAFE_INTEGER) return `${what} from ${min} up`;
  return `${what} from ${min} to ${max}`;
}
