import { statSync } from 'node:fs';
import type { ChurnSource } from '../churn/churn-event.js';
import type { Reading } from '../input/reading.js';
import { readInputs } from '../scenario/churn/recorded-inputs.js';
import { scenarioChurn } from '../scenario/churn/scenario-churn.js';
import { parseScenario, type ScenarioSource } from '../scenario/file/scenario-file.js';
import { presetChurn, type PresetChurnOptions } from '../scenario/preset-churn.js';
import { openTrace } from '../traces/open-trace.js';

/** What a source was made of: plain data, so that another thread can make the same one again. */
export type ChurnOrigin =
  | { readonly kind: 'preset'; readonly options: PresetChurnOptions }
  | { readonly kind: 'scenario'; readonly source: ScenarioSource; readonly reading: Reading }
  | { readonly kind: 'trace'; readonly file: string; readonly reading: Reading };

/**
 * Makes a source again: the same events, byte for byte, as long as its files have not changed.
 *
 * @throws what making it the first time could have failed with
 */
export async function sourceOf(origin: ChurnOrigin): Promise<ChurnSource> {
  switch (origin.kind) {
    case 'preset':
      return presetChurn(origin.options);
    case 'scenario': {
      const scenario = parseScenario(origin.source);
      return scenarioChurn(
        scenario,
        await readInputs(scenario, origin.source.file, origin.reading),
      );
    }
    case 'trace':
      return openTrace(origin.file, origin.reading);
  }
}

/** The origin, if its file can be read a second time: standard input and pipes are read but once. */
export function repeatable(origin: ChurnOrigin): ChurnOrigin | undefined {
  const file = origin.kind === 'trace' ? origin.file : fileOfPreset(origin);
  if (file === undefined) return origin;
  const isFile = file !== '-' && (statSync(file, { throwIfNoEntry: false })?.isFile() ?? true);
  return isFile ? origin : undefined;
}

const fileOfPreset = (origin: ChurnOrigin): string | undefined =>
  origin.kind === 'preset' ? origin.options.sessions : undefined;
