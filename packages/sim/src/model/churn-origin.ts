import { statsAt } from '@panoptes/testkit/model';
import type { ChurnSource } from '../churn/churn-source.js';
import { type Reading, usualReading } from '../input/reading.js';
import { churnFiles, openChurn } from '../scenario/churn/open-churn.js';
import type { Scenario } from '../scenario/schema/scenario.js';

/** What churn was made of: plain data, so that another thread can make the same again. */
export interface ChurnOrigin {
  /** Checked, so that a thread that gets it needs nothing that checks scenarios. */
  readonly scenario: Scenario;
  /** The scenario's own file: paths in it are relative to its folder. */
  readonly file: string;
  /** How the files that it names are read. */
  readonly reading?: Reading;
}

/**
 * Makes churn again: the same events, byte for byte, as long as its files have not changed.
 *
 * @throws what making it the first time could have failed with
 */
export const churnAgain = ({
  scenario,
  file,
  reading = usualReading,
}: ChurnOrigin): Promise<ChurnSource> => openChurn(scenario, file, reading);

/** The origin, if its files can be read a second time: standard input and pipes are read but once. */
export function repeatable(origin: ChurnOrigin): ChurnOrigin | undefined {
  const areFiles = churnFiles(origin.scenario, origin.file).every(isFile);
  return areFiles ? origin : undefined;
}

const isFile = (path: string): boolean => path !== '-' && (statsAt(path)?.isFile() ?? true);
