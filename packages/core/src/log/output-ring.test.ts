import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTPUT_BYTES, OutputRing } from './output-ring.js';

const memory = () => new SharedArrayBuffer(16 + OUTPUT_BYTES);

/** Takes all that waits. */
function drain(ring: OutputRing): string[] {
  const texts: string[] = [];
  for (;;) {
    const line = ring.read();
    if (line === undefined) return texts;
    texts.push(`${line.stream} ${line.text}`);
  }
}

describe('an output ring', () => {
  it('hands lines on in order, whatever they are, over many laps', () => {
    const line = fc.record({
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
      text: fc.string({ unit: 'grapheme', maxLength: 400 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 10 }), { maxLength: 60 }), (rounds) => {
        const buffer = memory();
        const [writer, reader] = [new OutputRing(buffer, 0), new OutputRing(buffer, 0)];
        for (const round of rounds) {
          for (const { stream, text } of round) writer.write(stream, text);
          expect(drain(reader)).toEqual(round.map(({ stream, text }) => `${stream} ${text}`));
        }
        expect(reader.lost).toBe(0);
      }),
    );
  });

  it('loses and counts what finds no room, and goes on with what does', () => {
    const buffer = memory();
    const [writer, reader] = [new OutputRing(buffer, 0), new OutputRing(buffer, 0)];
    const text = 'x'.repeat(96);
    for (let n = 0; n < 1_000; n++) writer.write('stdout', text);
    const kept = OUTPUT_BYTES / 100;
    expect(reader.lost).toBe(1_000 - Math.floor(kept));
    expect(drain(reader)).toHaveLength(Math.floor(kept));
    writer.write('stderr', 'again');
    expect(drain(reader)).toEqual(['stderr again']);
  });

  it('cuts long lines', () => {
    const ring = new OutputRing(memory(), 0);
    ring.write('stdout', 'ä'.repeat(10_000));
    expect(Buffer.byteLength(ring.read()!.text)).toBe(4_096);
  });

  it('drops what makes no sense, and goes on', () => {
    const buffer = memory();
    const ring = new OutputRing(buffer, 0);
    ring.write('stdout', 'one');
    new Int32Array(buffer)[4] = -1;
    expect(ring.read()).toBeUndefined();
    new Int32Array(buffer)[0] = 2 ** 30;
    expect(ring.read()).toBeUndefined();
    ring.write('stdout', 'two');
    expect(drain(ring)).toEqual(['stdout two']);
  });
});
