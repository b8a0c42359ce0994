import { TextDecoder } from 'node:util';

/** Bytes as text; undefined when they are not UTF-8, or hold a NUL, which is in most binary files. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** What is said where text was expected. */
export const expectedText = 'expected UTF-8 text, got binary data';

/** Bytes without the mark that some programs put before UTF-8 text. */
export const withoutByteOrderMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? bytes.subarray(byteOrderMark.length)
    : bytes;
