/** Says what a value is without printing all of it. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  switch (typeof value) {
    case 'string':
      return value.length > 60
        ? `'${value.slice(0, 57)}…' (${value.length} characters)`
        : `'${value}'`;
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'undefined':
      return String(value);
    default:
      return `a value of type ${typeof value}`;
  }
}
