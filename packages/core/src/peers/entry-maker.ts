import { compiledFunction } from './compiled-function.js';
import { type EntryLayout, type GroupNode, type Member, hasTail } from './entry-layout.js';
import type { ListField } from './field-kinds.js';

/**
 * Makes a whole entry of the values of its tail, its numbers by their slots, and its bits: what reading
 * one comes to. Its objects are literals, with what is optional behind the rest, so that entries have few
 * shapes, and are read as fast as objects can be.
 */
export type EntryMaker = (
  values: readonly unknown[],
  numbers: Float64Array,
  bits: number,
) => unknown;

/** Compiles the function that makes entries of a layout. Only the table of fields becomes source text. */
export function compileMaker({ root }: EntryLayout): EntryMaker {
  const code: string[] = [];
  /** What the source calls `words[n]`. */
  const words: (readonly string[])[] = [];
  let names = 0;

  const name = (value: string): string => {
    const local = `v${names++}`;
    code.push(`const ${local} = ${value};`);
    return local;
  };

  const makeList = ({ item }: ListField): string => {
    const list = name('[]');
    const parts =
      item.kind === 'text'
        ? 'values[count++]'
        : `{ ${Object.keys(item.fields)
            .map((part) => `${JSON.stringify(part)}: values[count++]`)
            .join(', ')} }`;
    code.push(`for (let left = values[count++]; left > 0; left--) ${list}.push(${parts});`);
    return list;
  };

  /** The source of a member's value, for which its values have been taken. */
  const make = (node: Member['node']): string => {
    switch (node.kind) {
      case 'number':
        return `small(numbers[${node.slot}])`;
      case 'bits':
        return node.words.length === 0
          ? `(bits >>> ${node.shift} & 1) === 1`
          : `words[${words.push(node.words) - 1}][bits >>> ${node.shift} & ${node.mask}]`;
      case 'bytes':
        if (node.field.kind === 'list') return makeList(node.field);
        return name(node.field.kind === 'hex' ? 'hexOf(values[count++])' : 'values[count++]');
      case 'group':
        return makeGroup(node);
    }
  };

  const makeOptional = ({ node, presence }: Member): string => {
    const local = `v${names++}`;
    if (hasTail(node)) code.push('count++; // whether it is there, which the bits say, too');
    code.push(`let ${local};`, `if ((bits & ${1 << presence!.shift}) !== 0) {`);
    code.push(`${local} = ${make(node)};`, '}');
    return local;
  };

  const makeGroup = ({ members }: GroupNode): string => {
    const made = members.map((member) => ({
      key: JSON.stringify(member.name),
      isOptional: member.presence !== undefined,
      value: member.presence === undefined ? make(member.node) : makeOptional(member),
    }));
    const always = made.filter(({ isOptional }) => !isOptional);
    const object = name(`{ ${always.map(({ key, value }) => `${key}: ${value}`).join(', ')} }`);
    for (const { key, isOptional, value } of made) {
      if (isOptional) code.push(`if (${value} !== undefined) ${object}[${key}] = ${value};`);
    }
    return object;
  };

  const entry = makeGroup(root);
  const source = `'use strict';
// Of an array of doubles, every number is one, in a box of its own; a small whole one needs none.
const small = (double) => { const int = double | 0; return int === double ? int : double; };
return (values, numbers, bits) => {
let count = 0;
${code.join('\n')}
return ${entry};
};`;
  return compiledFunction(['words', 'hexOf'], source)(words, hexOf) as EntryMaker;
}

/** A key in the form in which it is read. */
const hexOf = (key: string | Uint8Array): string =>
  typeof key === 'string' ? key.toLowerCase() : Buffer.from(key).toString('hex');
