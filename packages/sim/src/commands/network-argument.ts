import { existsSync } from 'node:fs';
import { dirname, isAbsolute, relative } from 'node:path';
import { ConfigError, describe } from '@panoptes/core';
import type { Command } from 'commander';
import { defaultPreset, presetNamed, presets } from '../churn/presets.js';
import type { Override } from '../scenario/file/scenario-document.js';
import { type ScenarioSource, readScenarioSource } from '../scenario/file/scenario-file.js';
import { presetScenario } from '../scenario/preset-scenario.js';
import { formatDuration, parseDuration } from '../time/duration.js';
import { overridesOf, type RunFlags } from './run-flags.js';

/** Adds what says which network is run, or which scenario, and the flags that go with it. */
export const addNetwork = (command: Command): Command =>
  command
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
    .addHelpText(
      'after',
      () => `\nPresets:\n${Object.keys(presets).map(describePreset).join('\n')}`,
    );

/**
 * The scenario that these say.
 *
 * @throws {ConfigError} when a flag would have no effect, or the file cannot be read
 */
export function networkSource(
  name: string,
  flags: RunFlags & NetworkFlags,
  given: Command,
): ScenarioSource {
  const isFile = isScenarioFile(name);
  if (isFile) refuse(given, ['duration'], 'a scenario says that itself; use --set');
  const overrides = overridesOf(flags, keysOf(flags, name));
  return isFile ? readScenarioSource(name, overrides) : presetScenario(name, overrides);
}

/** What these flags say. */
export interface NetworkFlags {
  readonly peers?: number;
  readonly seed?: string;
  readonly duration?: string;
  readonly sessions?: string;
}

/** Whether an argument names a scenario's file, and not a preset. */
const isScenarioFile = (name: string): boolean =>
  name === '-' || /\.(?:ya?ml|json)$/i.test(name) || /[\\/]/.test(name) || existsSync(name);

/** What the command's own flags say of keys of the scenario. */
function keysOf({ peers, seed, duration, sessions }: NetworkFlags, file: string): Override[] {
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
export function refuse(command: Command, options: readonly string[], why: string): void {
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
