import { types } from 'node:util';
import { printable } from './printable.js';

/** Says what a value is without printing all of it, on one line. Never throws, whatever it is given. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return value.length > 60
        ? `'${printable(value.slice(0, 57))}…' (${value.length} characters)`
        : `'${printable(value)}'`;
    case 'bigint':
      return value === BigInt.asIntN(64, value) ? `${value}n` : 'a bigint of more than 64 bits';
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return describeObject(value);
    default:
      return `a value of type ${typeof value}`;
  }
}

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return `a list of ${value.length}`;
    return types.isMap(value) ? 'a Map' : types.isSet(value) ? 'a Set' : 'an object';
  } catch {
    // A proxy of a list may throw here, or report any length.
    return 'an object';
  }
}
