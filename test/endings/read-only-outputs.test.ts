import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventOutput } from '../../packages/sim/src/events/event-output.js';
import { writeWholeFiles } from '../../packages/sim/src/output/whole-files.js';
import { makeFolder } from '../../packages/sim/src/report/run-files.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-read-only-'));
const file = join(folder, 'kept.csv');
const other = join(folder, 'another.csv');

// To the system's own user no file is read-only.
const isAllowedAll = process.geteuid?.() === 0;
beforeAll(() => {
  writeFileSync(file, 'kept');
  writeFileSync(other, 'of an earlier run');
  chmodSync(file, 0o444);
  chmodSync(other, 0o666);
  chmodSync(folder, 0o777);
  if (isAllowedAll) process.seteuid!(65_534);
});
afterAll(() => {
  if (isAllowedAll) process.seteuid!(0);
});

describe('a file that is there and read-only', () => {
  it.each([
    ['events', () => EventOutput.begin(file), 'CONFIG_INVALID'],
    [
      'a report',
      () => writeWholeFiles(new Map([other, file].map((path) => [path, 'new']))),
      'OUTPUT_FAILED',
    ],
    [
      'a report that a run will write',
      () => makeFolder('--out', folder, ['kept.csv']),
      'CONFIG_INVALID',
    ],
  ])('is not replaced by %s: that is refused, and nothing has changed', (_, write, code) => {
    const before = readdirSync(folder);
    expect(write).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(/kept\.csv .*EACCES/) as unknown,
      }),
    );
    expect(readFileSync(file, 'utf8')).toBe('kept');
    expect(statSync(file).mode & 0o777).toBe(0o444);
    expect(readFileSync(other, 'utf8')).toBe('of an earlier run');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('is none when it may be written: then it is replaced', () => {
    writeWholeFiles(new Map([[other, 'new']]));
    expect(readFileSync(other, 'utf8')).toBe('new');
  });
});
