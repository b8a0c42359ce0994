import {
  type BitsLeaf,
  type EntryLayout,
  type GroupNode,
  type Member,
  hasTail,
  maxEntryBytes,
} from './entry-layout.js';
import {
  type HexField,
  type ListField,
  type NumberField,
  type TextField,
  numberExpectation,
} from './field-kinds.js';
import { countKeysSource, unknownFieldSource } from './unknown-field.js';

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
 * put into the draft if they are not. With a clock it fills in the default of what is left out, without
 * one it refuses that; what is there is looked at first, so a whole entry costs the same. It alone touches objects of a caller, whose getters and proxies
 * may run any code. `write` checks the values of a tail that is not known and writes it.
 */
export function encoderSource({ root, fixedBytes }: EntryLayout): string {
  return `'use strict';
${countKeysSource}
return {
  read(entry, draft, find, now) {
    const values = draft.values, numbers = draft.numbers;
    let known = none, isKnown = false, bits = 0, count = 0, time;
    ${walkSource(root, 'read')}
    draft.bits = bits;
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

  /** What stands in for a value that is left out, where the walk fills in. */
  const orElse = (value: string, initial: string): string =>
    walk === 'read'
      ? name(`${value} === undefined && now !== undefined ? ${initial} : ${value}`)
      : '';

  const isNumber = (value: string, { min, max, integer }: NumberField): string => {
    const whole = integer ? ` && Math.floor(${value}) === ${value}` : '';
    return `typeof ${value} === 'number' && ${value} >= ${min} && ${value} <= ${max}${whole}`;
  };

  const emitNumber = (value: string, field: NumberField, path: string, slot: number): void => {
    // -0 and 0 are one value, so they must be the same bytes.
    code.push(`if (${isNumber(value, field)}) numbers[${slot}] = ${value} + 0;`);
    if (!field.required) {
      const initial = field.initial === 'now' ? '(time ??= now())' : String(field.initial);
      code.push(
        `else if (${value} === undefined && now !== undefined) numbers[${slot}] = ${initial};`,
      );
    }
    code.push(`else fail(${quote(path)}, ${quote(numberExpectation(field))}, ${value});`);
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
      require(isNumber(value, field), path, numberExpectation(field), value);
      code.push(`putDouble(u8, at, ${value} + 0); mark = at += 8;`);
    }
  };

  const emitList = (owned: string, field: ListField, path: string): void => {
    const list = orElse(owned, 'noItems');
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
      if (walk === 'read') {
        const given = { required: parts, optional: [] };
        code.push(unknownFieldSource(item, partNames, `${itemPath}'`, given));
      }
      for (const [at, [part, inner]] of fields.entries()) {
        const hasDefault = inner.kind === 'number' && !inner.required;
        const value = hasDefault ? orElse(parts[at]!, String(inner.initial)) : parts[at]!;
        emitItem(value, inner, `${itemPath}.${part}'`);
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

  const emitBits = (value: string, { path, words, shift, initial }: BitsLeaf): void => {
    const isLeftOut = `${value} === undefined && now !== undefined`;
    if (words.length === 0) {
      code.push(
        `if (${value} === true${initial === 0 ? '' : ` || ${isLeftOut}`}) bits |= ${1 << shift};`,
        `else if (${value} !== false${initial === 0 ? ` && !(${isLeftOut})` : ''})`,
        `fail(${quote(path)}, 'true or false', ${value});`,
      );
      return;
    }
    const cases = words.map((word, at) => `${value} === ${quote(word)} ? ${at} : `).join('');
    const expected = quote(`one of ${words.join(', ')}`);
    code.push(
      `bits |= (${cases}${isLeftOut} ? ${initial} : fail(${quote(path)}, ${expected}, ${value})) << ${shift};`,
    );
  };

  const emitNode = (value: string, node: Member['node']): void => {
    switch (node.kind) {
      case 'group':
        emitGroup(value, node);
        break;
      case 'number':
        emitNumber(value, node.field, node.path, node.slot);
        break;
      case 'bits':
        emitBits(value, node);
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
    if (presence === undefined) {
      return emitNode(node.kind === 'group' ? orElse(value, 'noFields') : value, node);
    }
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
    if (walk === 'read') {
      const of = (isOptional: boolean) =>
        members
          .filter(({ member }) => (member.presence !== undefined) === isOptional)
          .map(({ owned }) => owned);
      const memberNames = node.members.map((member) => member.name);
      const given = { required: of(false), optional: of(true) };
      code.push(unknownFieldSource(value, memberNames, quote(node.path), given));
    }
    for (const { member, owned } of members) emitMember(owned, member);
  };

  emitGroup('entry', root);
  return code.join('\n    ');
}

/** The slots that a walk clears for an absent member. */
function slotsOf(node: Member['node'], walk: Walk): number[] {
  if (node.kind === 'group') return node.members.flatMap((member) => slotsOf(member.node, walk));
  const kind = walk === 'read' ? 'number' : 'bytes';
  return node.kind === kind ? [node.slot] : [];
}
