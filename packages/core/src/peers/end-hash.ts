/**
 * A hash of a text's end, which tells ids apart that end in a number as well as those that are hashes: for
 * caches, which may take one text for another and then look closer.
 */
export function hashOfEnd(text: string): number {
  let hash = text.length;
  for (let at = Math.max(0, text.length - hashed); at < text.length; at++) {
    hash = Math.imul(hash, 31) + text.charCodeAt(at);
  }
  return Math.imul(hash, 0x9e3779b1);
}

/** The line of a direct-mapped cache of 2 ** `lineBits` lines for what has this hash. */
export const lineOf = (hash: number, lineBits: number): number => hash >>> (32 - lineBits);

/** Characters that are hashed. */
const hashed = 8;
