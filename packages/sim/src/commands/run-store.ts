import { join } from 'node:path';
import { ConfigError, type RegistryStore, describe } from '@panoptes/core';
import { statsAt } from '@panoptes/testkit/model';
import type * as StorePackage from '@panoptes/store';
import { z } from 'zod';
import { OtherRunError } from '../driver/other-run-error.js';
import { readTextFile } from '../input/text-file.js';
import { writeWholeFiles } from '../output/whole-files.js';
import { jsonText } from '../report/printable.js';
import { sourceText } from '../report/source-text.js';
import { loadOptional } from './optional-package.js';

/**
 * The store of a run, with a note in its folder of which run that is. The note is for people, who are told
 * at once that a store is another run's; the peers in it are what a run that goes on is held to.
 *
 * @param path - the store's folder
 * @throws {ConfigError} when it is none, or the package of stores is not installed
 * @throws {OtherRunError} when the note is that of another run
 */
export async function runStore(path: string, run: NotedRun): Promise<RegistryStore> {
  if (path === '' || statsAt(path)?.isDirectory() === false) {
    throw new ConfigError(`--store: expected the path of a folder, got ${describe(path)}`);
  }
  const { lmdbStore } = (await loadOptional('@panoptes/store', '--store')) as typeof StorePackage;
  const file = join(path, noteName);
  const before = noteIn(file);
  if (before !== undefined && textOf(before) !== textOf(run)) {
    throw new OtherRunError(textOf(run), `${path} was begun with ${textOf(before)}`);
  }
  const store = lmdbStore({ path });
  return {
    async open(start) {
      const opened = await store.open(start);
      try {
        if (before === undefined && opened.kept.lastSeq === 0) {
          writeWholeFiles(new Map([[file, jsonText({ schema, ...run }, 2)]]));
        }
        return opened;
      } catch (error) {
        await opened.close();
        throw error;
      }
    },
  };
}

/** What a run follows from. */
export interface NotedRun {
  /** Of its source. */
  readonly name: string;
  readonly seed: string;
}

/** Which run it is, in words. */
const textOf = ({ name, seed }: NotedRun): string => sourceText(name, seed);

const noteName = 'run.json';
const schema = 'panoptes.stored-run/1';
const noteShape = z.object({ schema: z.literal(schema), name: z.string(), seed: z.string() });
/** Longest note that is read, in bytes. */
const mostBytes = 65_536;

/** Undefined when there is none, or something else stands there: the peers decide. */
function noteIn(file: string): NotedRun | undefined {
  try {
    return noteShape.parse(JSON.parse(readTextFile(file, mostBytes)));
  } catch {
    return undefined;
  }
}
