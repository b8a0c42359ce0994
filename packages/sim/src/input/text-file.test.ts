import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NoTextError, readTextFile, readWholeLines } from './text-file.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (content: string | Uint8Array, mostBytes?: number): string => {
  const file = join(folder, 'text');
  writeFileSync(file, content);
  return readTextFile(file, mostBytes);
};

describe('a text', () => {
  it('is read as it is, without a byte order mark', () => {
    expect(read('')).toBe('');
    expect(read('\ufeffa\r\nß\n')).toBe('a\r\nß\n');
    expect(read('a\ufeff')).toBe('a\ufeff');
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from('a\nb\n\xff\n', 'latin1'), 3],
    ['a character that is cut off', Buffer.from('ß').subarray(0, 1), 1],
    ['a NUL', 'a\n\0\n', 2],
    ['UTF-16', Buffer.from('\ufeffa', 'utf16le'), 1],
  ])('with %s is refused with its line', (_, content, line) => {
    let error: unknown;
    try {
      read(content);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(NoTextError);
    expect(error).toMatchObject({ line });
  });

  it('that was being written is read to the end of its last whole line', () => {
    const file = join(folder, 'journal');
    const whole = Buffer.from('ß\nß\nß');
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(file, whole.subarray(0, length));
      expect(readWholeLines(file)).toBe(length < 3 ? '' : length < 6 ? 'ß\n' : 'ß\nß\n');
    }
  });

  it('of more bytes than are read is refused, also when it has no end', () => {
    expect(read('a'.repeat(100_000), 100_000)).toHaveLength(100_000);
    expect(() => read('a'.repeat(100_001), 100_000)).toThrow('expected at most 100000 bytes');
    expect(() => readTextFile('/dev/zero', 1_000_000)).toThrow('expected at most 1000000 bytes');
  });
});
