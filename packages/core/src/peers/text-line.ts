/**
 * The line of a direct-mapped cache in which something is kept by a text: a hash of the text's end, which
 * tells ids apart that end in a number as well as those that are hashes.
 *
 * @param lineBits - there are 2 ** `lineBits` lines
 */
export function lineOfText(text: string, lineBits: number): number {
  let hash = text.length;
  for (let at = Math.max(0, text.length - hashed); at < text.length; at++) {
    hash = Math.imul(hash, 31) + text.charCodeAt(at);
  }
  return Math.imul(hash, 0x9e3779b1) >>> (32 - lineBits);
}

/** Characters that choose the line. */
const hashed = 8;
