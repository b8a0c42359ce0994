import { execFileSync } from 'node:child_process';
import { mkdirSync, unlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { usualReading } from '../input/reading.js';
import { openTrace } from './open-trace.js';
import { brief, eventsOf, traceErrorOf, traceFile } from './trace-files.fixture.js';

const avt = 'aa\t1\t 0 10\n';

/** Lines that hardly compress, so that half of the packed file is about half of the lines. */
const manyLines = Array.from({ length: 5_000 }, (_, n) => {
  const start = (n * 7919) % 10_007;
  return `${((n * 2_654_435_761) % 4_294_967_296).toString(16)}x${n}\t1\t ${start} ${start + 5}\n`;
}).join('');

/** Byte by byte, each read before the next is written. */
async function writeSlowly(pipe: string, content: Buffer): Promise<void> {
  const handle = await open(pipe, 'w');
  for (const byte of content) await handle.write(Buffer.of(byte));
  await handle.close();
}

describe('a trace file', () => {
  it('packed with gzip reads like the plain one, whatever its name', async () => {
    const plain = await eventsOf(openTrace(traceFile('a.avt', avt)));
    expect(await eventsOf(openTrace(traceFile('a.avt.gz', gzipSync(avt))))).toEqual(plain);
    expect(await eventsOf(openTrace(traceFile('a.avt', gzipSync(avt))))).toEqual(plain);
    expect(await eventsOf(openTrace(traceFile('packed', gzipSync(avt))))).toEqual(plain);
  });

  it('without a known ending is told by its beginning', async () => {
    expect((await eventsOf(openTrace(traceFile('trace', avt)))).map(brief)).toEqual([
      '0 join aa',
      '10000 leave aa',
    ]);
    const mesh =
      '{"nodes":[{"id":"a","firstSeen":1,"lastSeen":2,"online":true,"gateway":false,"clients":0}]}';
    expect((await openTrace(traceFile('graph', mesh))).kind).toBe('mesh graph');
    const error = await traceErrorOf(openTrace(traceFile('notes.txt', 'some notes\n')));
    expect(error.message).toContain('neither its name nor its beginning');
  });

  it('packed with gzip and cut off is refused', async () => {
    const packed = gzipSync(manyLines);
    const half = packed.subarray(0, packed.length / 2);
    const error = await traceErrorOf(openTrace(traceFile('a.avt.gz', half)));
    expect(error.message).toContain('expected a whole gzip file');
    expect(error.line).toBeGreaterThan(1);
  });

  it('packed with gzip and damaged is refused', async () => {
    const packed = gzipSync(manyLines);
    packed.fill(0xaa, packed.length / 2, packed.length / 2 + 64);
    const error = await traceErrorOf(openTrace(traceFile('a.avt.gz', packed)));
    expect(error.code).toBe('TRACE_INVALID');
  });

  it('that is not there, or a directory, is refused with its name', async () => {
    const file = traceFile('a.avt', avt);
    const missing = await traceErrorOf(openTrace(join(dirname(file), 'missing.avt')));
    expect(missing.message).toMatch(/missing\.avt: cannot be opened \(ENOENT/);
    mkdirSync(join(dirname(file), 'folder.avt'));
    const folder = await traceErrorOf(openTrace(join(dirname(file), 'folder.avt')));
    expect(folder.message).toContain('folder.avt: expected a file');
  });

  it('is read like a file from a pipe, in pieces of any size, packed or not', async () => {
    const plain = await eventsOf(openTrace(traceFile('a.avt', avt)));
    for (const content of [Buffer.from(avt), Buffer.from(`\ufeff${avt}`), gzipSync(avt)]) {
      const pipe = join(dirname(traceFile('a.avt', avt)), 'pipe');
      execFileSync('mkfifo', [pipe]);
      const written = writeSlowly(pipe, content);
      const source = await openTrace(pipe);
      expect(source.kind).toBe('availability trace');
      expect(await eventsOf(source)).toEqual(plain);
      await written;
      // Else what removes its folder looks at it, as no test that shares its process may.
      unlinkSync(pipe);
    }
  });

  it('without an end, or with more than is read, is refused with its line', async () => {
    for (const device of ['/dev/zero', '/dev/urandom']) {
      const error = await traceErrorOf(openTrace(device));
      expect(error.message).toMatch(/^\/dev\/\w+(?:, line \d+)?: expected/);
    }
    const reading = { ...usualReading, maxInputBytes: 10_000 };
    const { message, line } = await traceErrorOf(openTrace(traceFile('a.avt', manyLines), reading));
    expect(message).toContain('expected at most 10000 bytes, got more; read more with --max-input');
    expect(line).toBe(1);
  });

  it('that unpacks to more than is read is refused before it has', async () => {
    const bomb = gzipSync(Buffer.from('aa\t0\t \n'.repeat(2 ** 22)));
    expect(bomb.length).toBeLessThan(2 ** 17);
    const reading = { ...usualReading, maxInputBytes: 2 ** 20 };
    const error = await traceErrorOf(openTrace(traceFile('a.avt.gz', bomb), reading));
    expect(error.message).toContain('expected at most 1048576 bytes');
    expect(error.line).toBeGreaterThan(1);
  });
});
