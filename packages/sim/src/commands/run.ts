import { existsSync } from 'node:fs';
import { dirname, isAbsolute, relative } from 'node:path';
import { ConfigError, describe } from '@panoptes/core';
import type { Command } from 'commander';
import { defaultPreset, presetNamed, presets } from '../churn/presets.js';
import type { Override } from '../scenario/file/scenario-document.js';
import { readScenarioSource } from '../scenario/file/scenario-file.js';
import { presetScenario } from '../scenario/preset-scenario.js';
import { formatDuration, parseDuration } from '../time/duration.js';
import { addRunFlags, overridesOf, type RunFlags } from './run-flags.js';
import { playScenario, replayReport } from './run-scenario.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes run [network]`: runs the scenario of a measured network, or one from a file. */
export function addRun(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = program
    .command('run')
    .summary('run a scenario, or churn like that of a measured network, and check every observer')
    .description(
      'Runs a scenario from a file, or that of a network whose figures were published: plays its ' +
        'churn into a registry with every observer on its own thread, and checks each against a ' +
        'plain single-threaded model.',
    )
    .argument('[network]', 'a preset, or a scenario’s file (.yaml, .json)', defaultPreset)
    .option('--peers <n>', 'mean number of peers online, instead of the network’s', parsePeers)
    .option(
      '--seed <text>',
      'what all chance follows from: equal seeds give equal runs (default: the scenario’s, or 1)',
      parseSeed,
    )
    .option('--duration <duration>', 'virtual time to play of a preset, such as 12h', (text) => {
      parseDuration(text, '--duration');
      return text;
    })
    .option('--sessions <trace>', 'draw sessions from those of a recorded trace')
    .option('--replay-from <report>', 'run again what a report is of, and compare the logs')
    .addHelpText(
      'after',
      () => `\nPresets:\n${Object.keys(presets).map(describePreset).join('\n')}`,
    );
  addRunFlags(command).action(async (name: string, flags: OwnFlags, given: Command) => {
    const output = { ...flags, reading: { strict: flags.strict, maxInputBytes: flags.maxInput } };
    if (flags.replayFrom !== undefined) {
      if (given.args.length > 0) {
        throw new ConfigError(
          `--replay-from: expected no network or scenario beside it, got ${describe(name)}: ` +
            'a report says that itself',
        );
      }
      refuse(
        given,
        ['peers', 'seed', 'duration', 'sessions', 'observers', 'fault', 'set', 'store'],
        'a report says that itself',
      );
      exit(await replayReport(terminal, flags.replayFrom, output));
      return;
    }
    const isFile = isScenarioFile(name);
    if (isFile) refuse(given, ['duration'], 'a scenario says that itself; use --set');
    const overrides = overridesOf(flags, keysOf(flags, name));
    const source = isFile ? readScenarioSource(name, overrides) : presetScenario(name, overrides);
    exit(await playScenario(terminal, source, output));
  });
}

interface OwnFlags extends RunFlags {
  readonly peers?: number;
  readonly seed?: string;
  readonly duration?: string;
  readonly sessions?: string;
  readonly replayFrom?: string;
}

/** Whether an argument names a scenario's file, and not a preset. */
const isScenarioFile = (name: string): boolean =>
  name === '-' || /\.(?:ya?ml|json)$/i.test(name) || /[\\/]/.test(name) || existsSync(name);

/** What the command's own flags say of keys of the scenario. */
function keysOf({ peers, seed, duration, sessions }: OwnFlags, file: string): Override[] {
  return [
    { key: 'population.peers', value: peers },
    { key: 'seed', value: seed },
    { key: 'phases.0.duration', value: duration },
    { key: 'sessions', value: sessions === undefined ? undefined : sessionsOf(sessions, file) },
  ].filter(({ value }) => value !== undefined);
}

/** Paths in a scenario are relative to its folder, those of a command to where it is called. */
const sessionsOf = (path: string, file: string): unknown => ({
  distribution: 'empirical',
  trace: isAbsolute(path) || path === '' ? path : relative(dirname(file), path),
});

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
