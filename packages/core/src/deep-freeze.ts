/**
 * Freezes plain data and all that is in it. For constants that are exported: a module that
 * imports one could change it for all others in the process.
 *
 * @returns the same value
 */
export function deepFreeze<const Data>(data: Data): Data {
  if (typeof data !== 'object' || data === null || Object.isFrozen(data)) return data;
  Object.freeze(data);
  for (const inner of Object.values(data)) deepFreeze(inner);
  return data;
}
