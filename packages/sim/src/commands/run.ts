import { ConfigError, describe } from '@panoptes/core';
import type { Command } from 'commander';
import { defaultPreset, presetNamed, presets } from '../churn/presets.js';
import type { FaultRequest } from '../faults/injection/fault-request.js';
import { repeatable } from '../model/churn-origin.js';
import type { parseObserverList } from '../observers/observer-list.js';
import { formatDuration, parseDuration } from '../time/duration.js';
import type { Speed } from '../time/speed.js';
import type { Override } from '../scenario/file/scenario-document.js';
import { presetChurn } from '../scenario/preset-churn.js';
import {
  faultFlag,
  maxInputFlag,
  observersFlag,
  recordFlag,
  speedFlag,
  strictFlag,
} from './flags.js';
import { play } from './play.js';
import { isScenarioFile, parseOverride, playScenario, replayReport } from './run-scenario.js';
import type { Terminal } from './terminal.js';

interface RunFlags {
  readonly peers?: number;
  readonly seed?: string;
  readonly duration?: number;
  readonly sessions?: string;
  readonly observers: ReturnType<typeof parseObserverList>;
  readonly speed: Speed;
  readonly fault: readonly FaultRequest[];
  readonly record?: string;
  readonly json: boolean;
  readonly set?: readonly Override[];
  readonly out?: string;
  readonly replayFrom?: string;
  readonly quiet: boolean;
  readonly strict: boolean;
  readonly maxInput: number;
}

const defaultSeed = '1';

/** Far below the registry's cap, since the number online swings about its mean. */
const mostPeersOnline = 500_000;

/** Adds `panoptes run [preset]`: generates churn and plays it. */
export function addRun(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('run')
    .summary('run a scenario, or churn like that of a measured network, and check every observer')
    .description(
      'Runs a scenario, or generates churn from published figures of a network: plays it into a ' +
        'registry with every observer on its own thread, and checks each against a plain ' +
        'single-threaded model.',
    )
    .argument('[network]', 'a preset, or a scenario’s file (.yaml, .json)', defaultPreset)
    .option('--peers <n>', 'mean number of peers online, instead of the network’s', parsePeers)
    .option(
      '--seed <text>',
      'what all chance follows from: equal seeds give equal runs (default: the scenario’s, or 1)',
      parseSeed,
    )
    .option('--duration <duration>', 'virtual time to play, such as 12h or 28d', (text) =>
      parseDuration(text, '--duration'),
    )
    .option('--sessions <trace>', 'draw sessions from those of a recorded trace')
    .addOption(observersFlag())
    .addOption(speedFlag())
    .addOption(faultFlag())
    .addOption(recordFlag())
    .addOption(strictFlag())
    .addOption(maxInputFlag())
    .option('--json', 'print one JSON document', false)
    .option('--quiet', 'print nothing but errors', false)
    .option('--set <key=value>', 'set a key of the scenario; may be repeated', parseOverride)
    .option('--out <dir>', 'write summary.json, series.csv, junit.xml and report.html there')
    .option('--replay-from <report>', 'run again what a report is of, and compare the logs')
    .addHelpText(
      'after',
      () => `\nPresets:\n${Object.keys(presets).map(describePreset).join('\n')}`,
    )
    .action(async (name: string, flags: RunFlags, command: Command) => {
      const reading = { strict: flags.strict, maxInputBytes: flags.maxInput };
      if (flags.replayFrom !== undefined) {
        refuse(
          command,
          ['peers', 'seed', 'duration', 'sessions', 'observers', 'fault', 'set'],
          'a report says that itself',
        );
        exit(await replayReport(terminal, flags.replayFrom, { ...flags, reading }));
        return;
      }
      if (isScenarioFile(name)) {
        refuse(
          command,
          ['duration', 'sessions', 'observers', 'fault'],
          'a scenario says that itself; use --set',
        );
        exit(await playScenario(terminal, name, overridesOf(flags), { ...flags, reading }));
        return;
      }
      const preset = presetNamed(name);
      if (flags.peers !== undefined && flags.peers > mostPeersOnline) {
        throw new ConfigError(
          `--peers: expected at most ${mostPeersOnline} of a preset, got ${flags.peers}`,
        );
      }
      refuse(command, ['set', 'out', 'quiet'], 'expected a scenario’s file to go with it');
      const { observers, speed, seed = defaultSeed, fault: faults, record, json } = flags;
      const { peers, sessions, duration: durationMs = preset.durationMs } = flags;
      const what = { preset: name, peers, seed, durationMs, sessions, reading };
      const source = await presetChurn(what);
      const origin = repeatable({ kind: 'preset', options: what });
      const options = { observers, speed, seed, faults, origin, spanMs: durationMs, record, json };
      exit(await play(terminal, source, options));
    });
}

/** Flags that say what keys of a scenario say. */
function overridesOf({ peers, seed, set = [] }: RunFlags): Override[] {
  return [
    ...(peers === undefined ? [] : [{ key: 'population.peers', value: peers }]),
    ...(seed === undefined ? [] : [{ key: 'seed', value: seed }]),
    ...set,
  ];
}

/** Refuses flags that would have no effect. */
function refuse(command: Command, options: readonly string[], why: string): void {
  const given = options.find((option) => command.getOptionValueSource(option) === 'cli');
  if (given !== undefined) throw new ConfigError(`--${given}: ${why}`);
}

function parsePeers(text: string): number {
  const peers = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (peers >= 1 && Number.isSafeInteger(peers)) return peers;
  throw new ConfigError(`--peers: expected a whole number from 1, got ${describe(text)}`);
}

function parseSeed(text: string): string {
  if (text !== '' && text.length <= 100) return text;
  throw new ConfigError(`--seed: expected 1 to 100 characters, got ${describe(text)}`);
}

function describePreset(name: string): string {
  const { about, source, meanOnline, durationMs } = presetNamed(name);
  return (
    `  ${name}: ${about}, ${meanOnline} peers online on average, ${formatDuration(durationMs)}\n` +
    `    ${source}`
  );
}
