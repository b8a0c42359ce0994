import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkShare } from '@panoptes/cluster';
import { realPathOf } from '@panoptes/testkit/model';
import { parseScenario, type ScenarioSource } from '../scenario/file/scenario-file.js';
import type { FileCache } from './file-cache.js';
import { hasForeignCode, namedFiles } from './sweep-files.js';
import type { SentRun, SweepJob } from './sweep-job.js';
import type { SweepResult } from './sweep-journal.js';

/** The files of a sweep on the machine of a worker, in a tree like that of its user. */
export class JobFolder {
  readonly #job: SweepJob;
  readonly #folder: string;
  readonly #tree: string;
  readonly #text: string;

  private constructor(job: SweepJob, folder: string, tree: string) {
    this.#job = job;
    this.#folder = folder;
    this.#tree = tree;
    this.#text = readFileSync(this.#file, 'utf8');
  }

  /**
   * Makes it, with all files of the sweep.
   *
   * @param jobs - where such folders are
   * @throws {WorkError} `WORK_FILE` when one is not there, or not what its hash says
   */
  static async make(
    job: SweepJob,
    share: WorkShare,
    cache: FileCache,
    jobs: string,
    signal: AbortSignal,
  ): Promise<JobFolder> {
    mkdirSync(jobs, { recursive: true, mode: 0o700 });
    const folder = realPathOf(mkdtempSync(join(jobs, 'job-')));
    const tree = join(folder, 'tree');
    try {
      for (const file of [job.scenario, ...job.files]) {
        const path = join(tree, file.path);
        mkdirSync(dirname(path), { recursive: true });
        await cache.place(file, path, (hash, bytes, to) =>
          share.fetchFile(hash, bytes, to, signal),
        );
      }
      if (job.hasCode) linkPackages(folder);
      return new JobFolder(job, folder, tree);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * The scenario of a run, here.
   *
   * @throws {ScenarioError} when it is not as it should be
   * @throws {Error} when it names what was not sent, or brings code that is not allowed
   */
  sourceOf({ overrides }: SentRun, allowModules: boolean): ScenarioSource {
    const own = { file: this.#file, text: this.#text };
    const source = { ...own, overrides: [...this.#job.overrides, ...overrides] as Overrides };
    const scenario = parseScenario(source);
    if (hasForeignCode(scenario) && !allowModules) {
      throw new Error('it has modules or processes of its user, which this worker does not allow');
    }
    const sent = new Set(this.#job.files.map(({ path }) => join(this.#tree, path)));
    const missing = namedFiles(scenario, this.#file).find((path) => !sent.has(resolve(path)));
    if (missing !== undefined) throw new Error(`it names ${missing}, which was not sent`);
    return source;
  }

  /** A result as it would be on the machine of the sweep's user: files have the names that they have there. */
  translated(result: SweepResult): SweepResult {
    const { file, root, scenario } = this.#job;
    const [here, there] = [dirname(this.#file), dirname(file)];
    const named = [scenario, ...this.#job.files].map(({ path }) => {
      const fromScenario = posix.relative(posix.dirname(scenario.path), path);
      return [join(here, fromScenario), join(there, fromScenario)] as const;
    });
    const names: (readonly [string, string])[] = [
      [pathToFileURL(this.#tree).href, pathToFileURL(root).href],
      // Of two, one of which begins with the other, the longer one first.
      ...named.sort(([one], [other]) => other.length - one.length),
      [this.#tree, root],
    ];
    const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
    const text = names.reduce(
      (before, [ours, theirs]) => before.replaceAll(quoted(ours), quoted(theirs)),
      JSON.stringify(result),
    );
    return JSON.parse(text) as SweepResult;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.#tree, this.#job.scenario.path);
  }
}

type Overrides = ScenarioSource['overrides'];

/** Has modules in a folder find the packages of this process. */
function linkPackages(folder: string): void {
  const { resolve: find } = createRequire(import.meta.url);
  const scope = join(folder, 'node_modules/@panoptes');
  mkdirSync(scope, { recursive: true });
  for (const name of packages) {
    // Each exports `lib/index.js`.
    symlinkSync(dirname(dirname(find(`@panoptes/${name}`))), join(scope, name));
  }
}

/** Those that are there wherever this is. */
const packages = ['core', 'workers', 'testkit', 'sim'] as const;
