import { statSync } from 'node:fs';
import type { ChurnSource } from '../churn/churn-source.js';
import { type Reading, usualReading } from '../input/reading.js';
import { churnFiles, openChurn } from '../scenario/churn/open-churn.js';
import { parseScenario, type ScenarioSource } from '../scenario/file/scenario-file.js';

/** What churn was made of: plain data, so that another thread can make the same again. */
export interface ChurnOrigin {
  readonly source: ScenarioSource;
  /** How the files that it names are read. */
  readonly reading?: Reading;
}

/**
 * Makes churn again: the same events, byte for byte, as long as its files have not changed.
 *
 * @throws what making it the first time could have failed with
 */
export const churnAgain = ({ source, reading = usualReading }: ChurnOrigin): Promise<ChurnSource> =>
  openChurn(parseScenario(source), source.file, reading);

/** The origin, if its files can be read a second time: standard input and pipes are read but once. */
export function repeatable(origin: ChurnOrigin): ChurnOrigin | undefined {
  const { source } = origin;
  const areFiles = churnFiles(parseScenario(source), source.file).every(isFile);
  return areFiles ? origin : undefined;
}

const isFile = (path: string): boolean =>
  path !== '-' && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? true);
