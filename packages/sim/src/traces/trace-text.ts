import { decodeUtf8, expectedText } from '../input/utf8.js';
import { TraceError, type TracePosition } from './trace-error.js';

/** @throws {TraceError} when the bytes at a position are no text */
export function traceText(bytes: Buffer, position: TracePosition): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new TraceError(position, expectedText);
  return text;
}
