import type { EntryLayout, GroupNode } from './entry-layout.js';
import type { NumberField } from './field-kinds.js';

/**
 * The body of a function that says whether the bits and numbers of an encoded entry are ones that the
 * encoder writes, and puts the present in place of times that are NaN. As source for the reason that is told
 * in `encoder-source.ts`. It gives no reason: what it does not take is looked at again, slowly.
 *
 * Only the table of fields, never a caller's data, becomes source text.
 */
export function plainEntrySource({ root }: EntryLayout): string {
  const checks: string[] = [];
  let known = 0;

  const isNumber = ({ min, max, integer }: NumberField, slot: number): string => {
    const whole = integer ? ' && Math.floor(v) === v' : '';
    // -0 and 0 are one value, so they must be the same bytes.
    const zero = `(v !== 0 || u32[b4 + ${2 * slot + 1}] === 0)`;
    return `v >= ${min} && v <= ${max}${whole} && ${zero}`;
  };

  /** The bits of a group's members, those of inner groups included. */
  const bitsWithin = ({ members }: GroupNode): number => {
    let bits = 0;
    for (const { presence, node } of members) {
      if (presence !== undefined) bits |= 1 << presence.shift;
      if (node.kind === 'bits') bits |= node.mask << node.shift;
      if (node.kind === 'group') bits |= bitsWithin(node);
    }
    return bits;
  };

  const walk = ({ members }: GroupNode, outer: number): void => {
    for (const { presence, node } of members) {
      const needs = presence === undefined ? outer : outer | (1 << presence.shift);
      if (presence !== undefined) known |= 1 << presence.shift;
      if (node.kind === 'bits') {
        known |= node.mask << node.shift;
        if (node.words.length > 0) {
          const most = node.words.length - 1;
          checks.push(`if ((bits >>> ${node.shift} & ${node.mask}) > ${most}) return false;`);
        }
      } else if (node.kind === 'number') {
        const { slot, field } = node;
        const isAbsent = `(u32[b4 + ${2 * slot}] | u32[b4 + ${2 * slot + 1}]) === 0`;
        const isThere =
          needs === 0
            ? isNumber(field, slot)
            : `((bits & ${needs}) === ${needs} ? ${isNumber(field, slot)} : ${isAbsent})`;
        const isUnsaid = needs === 0 ? 'v !== v' : `v !== v && (bits & ${needs}) === ${needs}`;
        checks.push(`v = f64[b8 + ${slot}];`);
        checks.push(`if (!(${isThere})) {`);
        if (field.initial === 'now') {
          checks.push(`if (!(${isUnsaid})) return false; f64[b8 + ${slot}] = (time ??= now());`);
        } else checks.push('return false;');
        checks.push('}');
      } else if (node.kind === 'group') {
        if (presence !== undefined) {
          const within = bitsWithin(node);
          checks.push(
            `if ((bits & ${1 << presence.shift}) === 0 && (bits & ${within}) !== 0) return false;`,
          );
        }
        walk(node, needs);
      }
    }
  };
  walk(root, 0);

  return `'use strict';
return function (memory, base, now) {
  const u32 = memory.u32, f64 = memory.f64, b4 = base >>> 2, b8 = base >>> 3;
  const bits = u32[b4 + 1];
  if ((bits & ${~known}) !== 0) return false;
  let v = 0, time;
  ${checks.join('\n  ')}
  return true;
};`;
}
