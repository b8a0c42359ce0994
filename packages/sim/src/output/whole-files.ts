import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '@panoptes/core';
import { realPathOf, statsAt } from '@panoptes/testkit/model';
import { OutputError } from './output-error.js';
import { checkOverwritable } from './overwritable.js';

/**
 * Writes files whole or not at all: all of them aside, in the folders where they belong, and only then
 * under their names. A reader meanwhile, or after the disk was full or the process was killed, finds
 * what was there before.
 *
 * @param files - texts by path
 * @throws {OutputError} when one cannot be written, or is there and read-only; none has changed then
 */
export function writeWholeFiles(files: ReadonlyMap<string, string>): void {
  const aside = new Map<string, string>();
  let path = '';
  try {
    for (const [file, text] of files) {
      path = file;
      const target = targetOf(file);
      if (target === undefined) {
        writeFileSync(file, text);
        continue;
      }
      const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
      checkOverwritable(target);
      aside.set(temporary, target);
      writeFileSync(temporary, text);
    }
    for (const [temporary, target] of aside) {
      path = target;
      renameSync(temporary, target);
      aside.delete(temporary);
    }
  } catch (cause) {
    throw new OutputError(`${path} cannot be written: ${messageOf(cause)}`, { cause });
  } finally {
    for (const temporary of aside.keys()) rmSync(temporary, { force: true });
  }
}

/** Where a file really is; undefined of what is no file, such as a pipe: nothing may take its place. */
function targetOf(file: string): string | undefined {
  const target = realPathOf(file);
  return statsAt(target)?.isFile() === false ? undefined : target;
}
