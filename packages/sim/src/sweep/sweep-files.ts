import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '@panoptes/core';
import type { OfferedFile } from '@panoptes/cluster';
import type { ProcessEntry } from '../scenario/schema/process-entry.js';
import { churnFiles } from '../scenario/churn/open-churn.js';
import {
  type ScenarioSource,
  parseScenario,
  scenarioError,
} from '../scenario/file/scenario-file.js';
import { pathBeside } from '../scenario/path-beside.js';
import type { Scenario } from '../scenario/schema/scenario.js';
import { moduleFiles } from './module-files.js';
import { type SentFile, sha256 } from './sweep-job.js';
import type { SweepPoint } from './sweep-plan.js';

/**
 * All files that runs of a sweep need, in one tree: workers have it in another place, where everything that is
 * relative leads to the same.
 *
 * @throws {ScenarioError} when one is not there, or what the scenario wants cannot be had on other machines
 * @throws {ConfigError} when a module imports what workers do not have
 */
export async function sweepFiles(
  source: ScenarioSource,
  points: readonly SweepPoint[],
): Promise<SweepFiles> {
  const needed = new Set<string>();
  let hasCode = false;
  for (const { overrides } of points) {
    const own = { ...source, overrides: [...source.overrides, ...overrides] };
    const scenario = parseScenario(own);
    checkSendable(own, scenario);
    const modules = moduleEntries(scenario).map((path) => pathBeside(source.file, path));
    for (const file of churnFiles(scenario, source.file)) needed.add(resolve(file));
    for (const file of modules.flatMap(moduleFiles)) needed.add(file);
    hasCode ||= hasForeignCode(scenario);
  }
  const scenarioFile = resolve(source.file);
  const root = commonFolder([scenarioFile, ...needed]);
  const text = Buffer.from(source.text);
  const placed = async (path: string): Promise<SentFile> => {
    try {
      return { path: placeIn(root, path), ...(await hashOf(path)) };
    } catch (cause) {
      const message = `${path} cannot be read: ${messageOf(cause)}`;
      throw scenarioError(source, [{ path: [], message }], { cause });
    }
  };
  const files: SentFile[] = [];
  for (const path of needed) files.push(await placed(path));
  const scenario = { path: placeIn(root, scenarioFile), hash: sha256(text), bytes: text.length };
  return {
    ...{ root, scenario, files, hasCode },
    offered: [
      { hash: scenario.hash, content: text },
      ...files.map(({ path, hash }) => ({ hash, content: join(root, path) })),
    ],
  };
}

/** The files of a sweep. */
export interface SweepFiles {
  /** The folder that has all of them. */
  readonly root: string;
  readonly scenario: SentFile;
  /** All others. */
  readonly files: readonly SentFile[];
  readonly hasCode: boolean;
  /** What is to be sent. */
  readonly offered: readonly OfferedFile[];
}

/** The files that a scenario names, as they are seen from where the program runs. */
export const namedFiles = (scenario: Scenario, file: string): string[] => [
  ...churnFiles(scenario, file),
  ...moduleEntries(scenario).map((path) => pathBeside(file, path)),
];

/** Whether a scenario runs what Panoptes does not bring: a module, or a process with its own settings. */
export const hasForeignCode = (scenario: Scenario): boolean =>
  scenario.observers.some(
    (entry) => typeof entry !== 'string' && ('module' in entry || entry.process !== undefined),
  );

const moduleEntries = ({ observers }: Scenario): string[] =>
  observers.flatMap((entry) =>
    typeof entry !== 'string' && 'module' in entry ? [entry.module] : [],
  );

/** Refuses what means another thing on another machine. */
function checkSendable(source: ScenarioSource, scenario: Scenario): void {
  const findings = scenario.observers.flatMap((entry, at) => {
    const key = typeof entry === 'string' ? undefined : notSent(entry.process);
    return key === undefined
      ? []
      : [
          {
            path: ['observers', at, 'process', ...key],
            message: 'cannot be had on other machines: leave it out, or sweep without --cluster',
          },
        ];
  });
  const paths = [...churnFiles(scenario, source.file), ...moduleEntries(scenario)];
  const bad = namesOf(scenario).find((path) => path === '-' || isAbsolute(path));
  if (bad !== undefined && paths.length > 0) {
    findings.push({
      path: [],
      message: `names ${bad}: expected paths relative to the scenario, which workers find, with --cluster`,
    });
  }
  if (findings.length > 0) throw scenarioError(source, findings);
}

/** The paths in a scenario as they stand there. */
const namesOf = (scenario: Scenario): string[] => [
  // Beside a file that is nowhere, a path is what it was.
  ...churnFiles(scenario, ''),
  ...moduleEntries(scenario),
];

function notSent(entry: ProcessEntry | undefined): string[] | undefined {
  if (entry === undefined) return undefined;
  if (entry.command !== undefined) return ['command'];
  const { read = [], write = [] } = entry.permissions ?? {};
  return read.length + write.length > 0 ? ['permissions'] : undefined;
}

/** The innermost folder that has all files. */
function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0]!);
  while (!files.every((file) => file.startsWith(folder.endsWith(sep) ? folder : folder + sep))) {
    folder = dirname(folder);
  }
  return folder;
}

const placeIn = (root: string, file: string): string => relative(root, file).split(sep).join('/');

async function hashOf(path: string): Promise<{ readonly hash: string; readonly bytes: number }> {
  const digest = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      digest.update(chunk);
    }
  });
  return { hash: digest.digest('hex'), bytes };
}
