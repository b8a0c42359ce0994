import { ConfigError, describe } from '@panoptes/core';
import type { Command } from 'commander';
import { generateChurn } from '../churn/generator.js';
import { defaultPreset, presetNamed, presets } from '../churn/presets.js';
import type { parseObserverList } from '../observers/observer-list.js';
import { recordedTimes } from '../fit/session-sample.js';
import { formatDuration, parseDuration } from '../time/duration.js';
import type { Speed } from '../time/speed.js';
import { observersFlag, recordFlag, speedFlag } from './flags.js';
import { play } from './play.js';
import type { Terminal } from './terminal.js';

interface RunFlags {
  readonly peers?: number;
  readonly seed: string;
  readonly duration?: number;
  readonly sessions?: string;
  readonly observers: ReturnType<typeof parseObserverList>;
  readonly speed: Speed;
  readonly record?: string;
  readonly json: boolean;
}

/** Far below the registry's cap, since the number online swings about its mean. */
const mostPeersOnline = 500_000;

/** Adds `panoptes run [preset]`: generates churn and plays it. */
export function addRun(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('run')
    .summary('generate churn like that of a measured network and check every observer')
    .description(
      'Generates churn from published figures of a network, plays it into a registry with every ' +
        'observer on its own thread, and checks each against a plain single-threaded model.',
    )
    .argument('[preset]', 'the network', defaultPreset)
    .option('--peers <n>', 'mean number of peers online, instead of the network’s', parsePeers)
    .option(
      '--seed <text>',
      'what all chance follows from: equal seeds give equal runs',
      parseSeed,
      '1',
    )
    .option('--duration <duration>', 'virtual time to play, such as 12h or 28d', (text) =>
      parseDuration(text, '--duration'),
    )
    .option('--sessions <trace>', 'draw sessions from those of a recorded trace')
    .addOption(observersFlag())
    .addOption(speedFlag())
    .addOption(recordFlag())
    .option('--json', 'print one JSON document', false)
    .addHelpText(
      'after',
      () => `\nPresets:\n${Object.keys(presets).map(describePreset).join('\n')}`,
    )
    .action(async (presetName: string, flags: RunFlags) => {
      const preset = presetNamed(presetName);
      const { observers, speed, seed, record, json } = flags;
      const sessions =
        flags.sessions === undefined ? undefined : await recordedTimes(flags.sessions);
      const source = generateChurn({
        preset,
        presetName:
          sessions === undefined ? presetName : `${presetName}, sessions of ${flags.sessions!}`,
        meanOnline: flags.peers ?? preset.meanOnline,
        seed,
        durationMs: flags.duration ?? preset.durationMs,
        sessions,
      });
      exit(await play(terminal, source, { observers, speed, seed, record, json }));
    });
}

function parsePeers(text: string): number {
  const peers = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (peers >= 1 && peers <= mostPeersOnline) return peers;
  throw new ConfigError(
    `--peers: expected a whole number from 1 to ${mostPeersOnline}, got ${describe(text)}`,
  );
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
