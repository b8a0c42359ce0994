import { ConfigError, describe, messageOf, suggestion } from '@panoptes/core';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import { type ListedObserver, parseObserverList } from '../observers/observer-list.js';
import { type CheckLevel, checkLevels } from '../driver/check-level.js';
import { eventFormatOf } from '../events/event-format.js';
import type { Override } from '../scenario/file/scenario-document.js';
import { type Speed, parseSpeed } from '../time/speed.js';
import { type DashboardPort, dashboardFlag } from './dashboard-flag.js';
import { parseFault } from './fault-flag.js';
import { maxInputFlag, strictFlag } from './flags.js';

/** What every command that runs a scenario can be told. */
export interface RunFlags {
  readonly observers?: readonly ListedObserver[];
  readonly speed: Speed;
  readonly checks?: CheckLevel;
  /** As overrides. */
  readonly fault?: readonly Override[];
  readonly set?: readonly Override[];
  readonly record?: string;
  readonly events?: string;
  readonly store?: string;
  readonly dashboard?: DashboardPort;
  readonly out?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly strict: boolean;
  readonly maxInput: number;
}

/** Adds those of a run whose registry goes with its process, unless it has a store. */
export const addKeepingFlags = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--events <file>',
        'write every change into a table for other tools: .ndjson, .csv or .parquet',
      ).argParser(parseEvents),
    )
    .option(
      '--store <dir>',
      'keep the registry there, so that the run goes on when it is started again after an interruption',
    );

/**
 * Adds these flags to a command.
 *
 * @param usualSpeed - as `--speed` takes it
 */
export const addRunFlags = (command: Command, usualSpeed = 'max'): Command =>
  command
    .addOption(
      new Option(
        '--observers <list>',
        'which observers follow, as in kademlia,mesh*4,validators@process (default: the scenario’s, or one of each built-in)',
      ).argParser(parseObserverList),
    )
    .addOption(
      new Option('--speed <speed>', 'max, or virtual seconds in a real one, such as 60x')
        .argParser(parseSpeed)
        .default(parseSpeed(usualSpeed), usualSpeed),
    )
    .addOption(
      new Option(
        '--checks <level>',
        `how much of it is checked: ${checkLevels.join(', ')} (default: the scenario’s)`,
      ).argParser(parseLevel),
    )
    .addOption(
      new Option(
        '--fault <fault[:observer][@time]>',
        'an observer misbehaves (see: panoptes faults), such as loop:mesh@2h, or all, such as chaos@5m; may be repeated',
      ).argParser(parseFault),
    )
    .addOption(setFlag())
    .option('--out <dir>', 'write summary.json, series.csv, junit.xml and report.html there')
    .option('--record <file>', 'record what every observer sees, for panoptes check')
    .addOption(dashboardFlag())
    .option('--json', 'print one JSON document', false)
    .option('--quiet', 'print nothing but errors', false)
    .addOption(strictFlag())
    .addOption(maxInputFlag());

/** `--set`, for each command that reads a scenario. */
export const setFlag = (): Option =>
  new Option('--set <key=value>', 'set a key of the scenario; may be repeated').argParser(
    parseOverride,
  );

/** What these flags say of keys of the scenario, in the order in which they hold. */
export const overridesOf = (
  { observers, checks, set = [], fault = [] }: RunFlags,
  own: readonly Override[],
): Override[] => [
  ...own,
  ...(observers === undefined ? [] : [{ key: 'observers', value: observers }]),
  ...(checks === undefined ? [] : [{ key: 'checks.level', value: checks }]),
  ...set,
  ...fault,
];

function parseEvents(file: string): string {
  eventFormatOf('--events', file);
  return file;
}

function parseLevel(text: string): CheckLevel {
  const level = checkLevels.find((known) => known === text);
  if (level !== undefined) return level;
  throw new ConfigError(
    `--checks: expected one of ${checkLevels.join(', ')}, got ${describe(text)}` +
      suggestion(text, checkLevels),
  );
}

/** Reads `--set key=value`; the value is YAML: numbers, lists and mappings are what they look like. */
function parseOverride(text: string, earlier: readonly Override[] = []): Override[] {
  const [, key, value] = /^([\w-]+(?:\.(?:[\w-]+|\*))*(?:\.\+)?)=(.*)$/s.exec(text) ?? [];
  if (key === undefined) {
    throw new ConfigError(
      `--set: expected key=value, as in population.peers=500, got ${describe(text)}`,
    );
  }
  try {
    // YAML gives some characters at the start of a condition, as in `>= 5`, a meaning of its own.
    const isCondition = /^[<>=!]/.test(value!);
    return [...earlier, { key, value: isCondition ? value : (parse(value!) as unknown) }];
  } catch (cause) {
    throw new ConfigError(`--set ${key}: expected a value in YAML: ${messageOf(cause)}`, { cause });
  }
}
