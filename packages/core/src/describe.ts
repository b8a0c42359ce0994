/** Says what a value is without printing all of it. Never throws, whatever it is given. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return value.length > 60
        ? `'${value.slice(0, 57)}…' (${value.length} characters)`
        : `'${value}'`;
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
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  } catch {
    // A proxy of a list may throw here, or report any length.
    return 'an object';
  }
}
