import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { HEADER_BYTES, LINE_BYTES, Word } from './log-layout.js';
import { attachLogMemory, createLogMemory } from './log-memory.js';

const small = { logBytes: 4096, readers: 2 };

describe('log memory', () => {
  it.each([0, 4095, 6144, 2048, 2 ** 31, Number.NaN, 4096.5])(
    'refuses %d bytes of data: not a power of two within the limits',
    (logBytes) => {
      expect(() => createLogMemory({ ...small, logBytes })).toThrow(ConfigError);
    },
  );

  it.each([0, -1, 1.5, 4097])('refuses %d readers', (readers) => {
    expect(() => createLogMemory({ ...small, readers })).toThrow(ConfigError);
  });

  it.each([-1, 0.5, 2 ** 53])('refuses to start at position %d', (startPosition) => {
    expect(() => createLogMemory({ ...small, startPosition })).toThrow(ConfigError);
  });

  it('is the same memory for whoever attaches to it', () => {
    const made = createLogMemory(small);
    const attached = attachLogMemory(made.buffer);
    made.u8[5] = 77;
    expect(attached.u8[5]).toBe(77);
    expect(new Uint8Array(attached.u32.buffer, attached.u32.byteOffset)[5]).toBe(77);
    expect(new Uint8Array(attached.f64.buffer, attached.f64.byteOffset)[5]).toBe(77);
    expect(attached.units).toBe(512);
  });

  it('keeps the words of different readers and of the data on lines of their own', () => {
    const memory = createLogMemory(small);
    expect(memory.line(0).byteOffset).toBe(HEADER_BYTES);
    expect(memory.line(1).byteOffset).toBe(HEADER_BYTES + LINE_BYTES);
    expect(memory.u8.byteOffset).toBe(HEADER_BYTES + 2 * LINE_BYTES);
    expect(() => memory.line(2)).toThrow(ConfigError);
    expect(() => memory.line(-1)).toThrow(ConfigError);
  });

  it('refuses memory that is no log, of another version, or cut', () => {
    const { buffer, words } = createLogMemory(small);
    expect(() => attachLogMemory(new SharedArrayBuffer(8))).toThrow(ConfigError);
    expect(() => attachLogMemory(new SharedArrayBuffer(buffer.byteLength))).toThrow(/version/);
    expect(() => attachLogMemory(new ArrayBuffer(8) as never)).toThrow(ConfigError);
    words[Word.readers] = 3;
    expect(() => attachLogMemory(buffer)).toThrow(/expected \d+ bytes/);
    words[Word.logBytes] = 4096 - LINE_BYTES;
    expect(() => attachLogMemory(buffer)).toThrow(/power of two/);
    words[Word.version] = 99;
    expect(() => attachLogMemory(buffer)).toThrow(/version 99/);
  });
});

it('is told apart from anything else by whoever is handed it, whatever was written over that before', () => {
  const memory = createLogMemory({ ...small, began: 1_700_000_000_000 });
  const { units, began } = memory;
  for (const word of [Word.magic, Word.version, Word.logBytes, Word.readers, Word.began]) {
    memory.words[word] = 12_345;
  }
  expect(() => attachLogMemory(memory.buffer)).toThrow(ConfigError);
  expect(attachLogMemory(memory.handOut())).toMatchObject({ units, began, readers: 2 });
});
