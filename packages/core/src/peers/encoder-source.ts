import { type EntryLayout, type GroupNode, type Member, maxEntryBytes } from './entry-layout.js';
import type { HexField, ListField, NumberField, TextField } from './field-kinds.js';

/**
 * The body of a function that returns the walks; what they call stands in `field-writers.ts`.
 *
 * A layout is turned into the source of functions that walk an entry. Walking the table itself for
 * each entry would load properties by computed names, which costs several microseconds; the generated
 * functions cost under one. Only the table of fields, never a caller's data, becomes source text.
 *
 * There are two walks. `read` takes every field of a caller's entry, each once: numbers, flags and
 * choices are checked and put into a draft, and texts, keys and the items of lists, which the tail is
 * made of, compared with the values that a known tail was made of, as long as they are the same, and
 * put into the draft if they are not. It alone touches objects of a caller, whose getters and proxies
 * may run any code. `write` checks the values of a tail that is not known and writes it.
 */
export function encoderSource({ root, fixedBytes }: EntryLayout): string {
  return `'use strict';
function countKeys(object) {
  let count = 0;
  for (const name in object) count++;
  return count;
}
return {
  read(entry, draft, find) {
    const values = draft.values, numbers = draft.numbers;
    let known = none, isKnown = false, bits = 0, count = 0;
    ${walkSource(root, 'read')}
    draft.bits = bits;
    draft.count = count;
    draft.tail = isKnown ? known : values;
  },
  write(values, memory, base) {
    const u8 = memory.u8, u32 = memory.u32, f64 = memory.f64;
    const b4 = base >>> 2, b8 = base >>> 3, limit = base + ${maxEntryBytes};
    let start = 0, at = base + ${fixedBytes}, mark = 0, count = 0;
    ${walkSource(root, 'write')}
    const end = (at + 7) & ~7;
    if (end > limit) tooLarge();
    while (at < end) u8[at++] = 0;
    return end;
  },
};`;
}

/** What a walk does. */
type Walk = 'read' | 'write';

const quote = (text: string): string => JSON.stringify(text);

function walkSource(root: GroupNode, walk: Walk): string {
  const code: string[] = [];
  let names = 0;
  let isFirst = true;

  const name = (value: string): string => {
    const local = `v${names++}`;
    code.push(`const ${local} = ${value};`);
    return local;
  };

  /** The next value of the tail, which `read` takes from its owner and `write` from the draft. */
  const tailValue = (owned: string): string => {
    if (walk === 'write') return name('values[count++]');
    const value = name(owned);
    if (isFirst) code.push(`known = find(draft, ${value}); isKnown = known !== none;`);
    isFirst = false;
    code.push(
      `if (!isKnown || ${value} !== known[count]) {`,
      `if (isKnown) isKnown = diverge(values, known, count);`,
      `values[count] = ${value};`,
      `}`,
      `count++;`,
    );
    return value;
  };

  const require = (condition: string, path: string, expected: string, value: string): void => {
    code.push(`if (!(${condition})) fail(${path}, ${quote(expected)}, ${value});`);
  };

  const requireObject = (value: string, path: string): void =>
    require(`${value} !== null && typeof ${value} === 'object'`, path, 'an object', value);

  /**
   * Refuses a field that is not in the table. Counting the fields tells whether there is one without
   * looking at their names, which costs ten times as much; where the count is another, for a field
   * that is there but undefined too, the names are looked at. What a class hides from counting, and
   * what an object has in its place, makes up for each other: nothing is lost but a slip's notice.
   *
   * @param given - the values that were read
   */
  const requireKnown = (
    value: string,
    known: readonly string[],
    path: string,
    given: Readonly<Record<'required' | 'optional', readonly string[]>>,
  ): void => {
    if (walk !== 'read') return;
    const missing = given.required.map((one) => `${one} === undefined || `).join('');
    const present = given.optional.map((one) => ` + (${one} === undefined ? 0 : 1)`).join('');
    const all = JSON.stringify(Object.fromEntries(known.map((one) => [one, true])));
    code.push(
      `if (${missing}countKeys(${value}) !== ${given.required.length}${present}) {`,
      `refuseUnknownField(${value}, ${all}, ${path});`,
      `}`,
    );
  };

  const checkedNumber = (value: string, field: NumberField, path: string): string => {
    const { min, max, integer } = field;
    const whole = integer ? ` && Math.floor(${value}) === ${value}` : '';
    const inRange = `typeof ${value} === 'number' && ${value} >= ${min} && ${value} <= ${max}`;
    require(`${inRange}${whole}`, path, numberExpectation(field), value);
    return `${value} + 0`; // -0 and 0 are one value, so they must be the same bytes
  };

  const emitItem = (owned: string, field: TextField | NumberField, path: string): void => {
    const value = tailValue(owned);
    if (walk !== 'write') return;
    if (field.kind === 'text') {
      code.push(
        `at = putText(u8, at + 2, ${value}, ${field.minBytes}, ${field.maxBytes}, ${path});`,
        `u8[mark] = (at - mark - 2) & 255; u8[mark + 1] = (at - mark - 2) >> 8; mark = at;`,
      );
    } else {
      code.push(`putDouble(u8, at, ${checkedNumber(value, field, path)}); mark = at += 8;`);
    }
  };

  const emitList = (list: string, field: ListField, path: string): void => {
    const expected = `a list of at most ${field.maxItems}`;
    if (walk === 'read') require(`Array.isArray(${list})`, quote(path), expected, list);
    const length = tailValue(`${list}.length`);
    if (walk === 'read') {
      // A proxy of a list may report any length.
      const isLength = `${length} >>> 0 === ${length} && ${length} <= ${field.maxItems}`;
      require(isLength, quote(path), expected, list);
    }
    const index = `v${names++}`;
    if (walk === 'write') code.push(`putCount(u8, at, ${length}); mark = at += 4;`);
    code.push(`for (let ${index} = 0; ${index} < ${length}; ${index}++) {`);
    if (walk === 'write') code.push('if (at > limit) tooLarge();');
    const itemPath = `${quote(`${path}[`)} + ${index} + ']`;
    if (field.item.kind === 'text') {
      emitItem(`${list}[${index}]`, field.item, `${itemPath}'`);
    } else {
      const fields = Object.entries(field.item.fields);
      const item = walk === 'read' ? name(`${list}[${index}]`) : '';
      if (walk === 'read') requireObject(item, `${itemPath}'`);
      const parts = fields.map(([part]) =>
        walk === 'read' ? name(`${item}[${quote(part)}]`) : '',
      );
      const partNames = fields.map(([part]) => part);
      requireKnown(item, partNames, `${itemPath}'`, { required: parts, optional: [] });
      for (const [at, [part, inner]] of fields.entries()) {
        emitItem(parts[at]!, inner, `${itemPath}.${part}'`);
      }
    }
    code.push('}');
  };

  const emitBytes = (
    owned: string,
    field: TextField | HexField | ListField,
    path: string,
    slot: number,
  ): void => {
    if (walk === 'write') code.push(`start = at;`);
    if (field.kind === 'list') emitList(owned, field, path);
    else {
      const value = tailValue(field.kind === 'hex' ? `ownKey(${owned}, ${field.maxBytes})` : owned);
      const put = field.kind === 'text' ? 'putText' : 'putHex';
      if (walk === 'write') {
        code.push(
          `at = ${put}(u8, at, ${value}, ${field.minBytes}, ${field.maxBytes}, ${quote(path)});`,
        );
      }
    }
    if (walk !== 'write') return;
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

  const emitNode = (value: string, node: Member['node']): void => {
    switch (node.kind) {
      case 'group':
        emitGroup(value, node);
        break;
      case 'number':
        code.push(`numbers[${node.slot}] = ${checkedNumber(value, node.field, quote(node.path))};`);
        break;
      case 'bits':
        emitBits(value, node.path, node.words, node.shift);
        break;
      case 'bytes':
        emitBytes(value, node.field, node.path, node.slot);
    }
  };

  const emitOptional = (
    value: string,
    presence: string,
    { shift }: { shift: number },
    node: Member['node'],
  ): void => {
    code.push(`if (${presence}) {`);
    if (walk === 'read') code.push(`bits |= ${1 << shift};`);
    emitNode(value, node);
    code.push('}');
    code.push('else {');
    for (const slot of slotsOf(node, walk)) {
      code.push(walk === 'read' ? `numbers[${slot}] = 0;` : `f64[b8 + ${slot}] = 0;`);
    }
    code.push('}');
  };

  const emitMember = (value: string, { presence, node }: Member): void => {
    if (presence === undefined) return emitNode(value, node);
    const isPresent = `${value} !== undefined`;
    if (!hasTail(node)) return emitOptional(value, isPresent, presence, node);
    const noted = tailValue(isPresent);
    emitOptional(value, noted, presence, node);
  };

  const emitGroup = (value: string, node: GroupNode): void => {
    if (walk === 'read') requireObject(value, quote(node.path || 'peer'));
    const members = node.members
      .filter((member) => walk === 'read' || hasTail(member.node))
      .map((member) => {
        const owned = walk === 'read' ? name(`${value}[${quote(member.name)}]`) : '';
        return { member, owned };
      });
    const of = (isOptional: boolean) =>
      members
        .filter(({ member }) => (member.presence !== undefined) === isOptional)
        .map(({ owned }) => owned);
    const memberNames = node.members.map((member) => member.name);
    requireKnown(value, memberNames, quote(node.path), { required: of(false), optional: of(true) });
    for (const { member, owned } of members) emitMember(owned, member);
  };

  emitGroup('entry', root);
  return code.join('\n    ');
}

/** Whether a field has a part in the tail. */
const hasTail = (node: Member['node']): boolean =>
  node.kind === 'group'
    ? node.members.some((member) => hasTail(member.node))
    : node.kind === 'bytes';

/** The slots that a walk clears for an absent member. */
function slotsOf(node: Member['node'], walk: Walk): number[] {
  if (node.kind === 'group') return node.members.flatMap((member) => slotsOf(member.node, walk));
  const kind = walk === 'read' ? 'number' : 'bytes';
  return node.kind === kind ? [node.slot] : [];
}

function numberExpectation({ min, max, integer }: NumberField): string {
  const what = integer ? 'a whole number' : 'a finite number';
  if (max === Number.MAX_VALUE || max === Number.MAX_SAFE_INTEGER) return `${what} from ${min} up`;
  return `${what} from ${min} to ${max}`;
}
