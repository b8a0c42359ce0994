import { describe, expect, it } from 'vitest';
import { SpaceFrame, type SpaceChange, SpaceKind, encodeFrame } from './space-frame.js';

const text = (key: string, value: string): SpaceChange => ({
  key: Buffer.from(key),
  kind: SpaceKind.text,
  value: Buffer.from(value),
});
const allocate = (bytes: number): Buffer => Buffer.alloc(bytes);
const maxChanges = 600;

describe('a frame', () => {
  it('holds what was put into it', () => {
    const changes = [
      text('a', 'eins'),
      { key: Buffer.from('b'), kind: SpaceKind.gone, value: Buffer.alloc(0) },
      { key: Buffer.from('ä'), kind: SpaceKind.bytes, value: Buffer.of(0, 255, 128) },
      text('leer', ''),
    ];
    const frame = new SpaceFrame(encodeFrame(2 ** 40, changes, true, allocate), maxChanges);
    expect([frame.cursor, frame.isLast]).toEqual([2 ** 40, true]);
    expect([...frame.changes()]).toEqual(changes);
    expect(new SpaceFrame(encodeFrame(0, [], false, allocate), maxChanges).isLast).toBe(false);
  });

  const whole = encodeFrame(7, [text('key', 'value')], false, allocate);
  const changed = (change: (bytes: Buffer) => unknown): Buffer => {
    const bytes = Buffer.from(whole);
    change(bytes);
    return bytes;
  };
  const many = Array.from({ length: 700 }, (_, index) => text(`${index}`, ''));
  it.each([
    ['that is no head', Buffer.alloc(11), /11 bytes/],
    ['with a cursor that is no whole number', changed((b) => b.writeDoubleLE(1.5)), /cursor 1.5/],
    ['with a cursor below 0', changed((b) => b.writeDoubleLE(-1)), /cursor -1/],
    ['with NaN as cursor', changed((b) => b.writeDoubleLE(NaN)), /cursor NaN/],
    ['with unknown flags', changed((b) => b.writeUInt32LE(2, 8)), /flags 2/],
    ['with a key of no bytes', changed((b) => b.writeUInt16LE(0, 12)), /cut|key of 0/],
    ['with a key that goes beyond its end', changed((b) => b.writeUInt16LE(65_535, 12)), /cut/],
    [
      'with a value that goes beyond its end',
      changed((b) => b.writeUInt32LE(2 ** 32 - 1, 16)),
      /cut/,
    ],
    ['with a value of no known kind', changed((b) => b.writeUInt16LE(3, 14)), /kind 3/],
    ['with a value of what is gone', changed((b) => b.writeUInt16LE(0, 14)), /that is gone/],
    [
      'with a key that is no UTF-8',
      changed((b) => b.writeUInt8(0xff, 20)),
      /no text|text that is none/,
    ],
    ['with a text that is no UTF-8', changed((b) => b.writeUInt8(0xff, 23)), /text that is none/],
    ['with a key twice', encodeFrame(1, [text('a', ''), text('a', '')], false, allocate), /twice/],
    [
      'with a key that is too long',
      encodeFrame(1, [text('k'.repeat(513), '')], false, allocate),
      /513/,
    ],
    ['with more keys than there is room for', encodeFrame(1, many, false, allocate), /more keys/],
  ])('%s is refused', (_, bytes, reason) => {
    expect(() => new SpaceFrame(bytes, maxChanges)).toThrow(reason);
  });

  it('that is cut anywhere is refused', () => {
    for (let length = 0; length < whole.length; length++) {
      if (length === 12) continue;
      expect(() => new SpaceFrame(whole.subarray(0, length), maxChanges)).toThrow();
    }
  });
});
