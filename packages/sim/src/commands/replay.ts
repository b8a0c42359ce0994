import type { Command } from 'commander';
import { traceScenario } from '../scenario/trace-scenario.js';
import { parseDuration } from '../time/duration.js';
import { addKeepingFlags, addRunFlags, overridesOf, type RunFlags } from './run-flags.js';
import { playScenario } from './run-scenario.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes replay <file>`: plays a recorded trace. */
export function addReplay(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  const command = program
    .command('replay')
    .summary('play a recorded trace into a registry and check every observer')
    .description(
      'Plays a recorded trace into a registry with every observer on its own thread, and checks ' +
        'each against a plain single-threaded model fed the same changes. It is the run of a scenario ' +
        'whose source is that trace.',
    )
    .argument(
      '<file>',
      'an availability trace (.avt), a discv4 crawl (.json), discv4 churn (.jsonl) or a mesh graph ' +
        '(.json, also of meshviewer, yanic, batman-adv and olsrd); also packed with gzip; - for ' +
        'standard input',
    )
    .option(
      '--until <duration>',
      'stop after this much virtual time, such as 12h or 2d',
      (text) => {
        parseDuration(text, '--until');
        return text;
      },
    );
  addKeepingFlags(addRunFlags(command)).action(async (file: string, flags: ReplayFlags) => {
    const { until } = flags;
    const own = until === undefined ? [] : [{ key: 'source.until', value: until }];
    const source = traceScenario(file, overridesOf(flags, own));
    const reading = { strict: flags.strict, maxInputBytes: flags.maxInput };
    exit(await playScenario(terminal, source, { ...flags, reading }));
  });
}

interface ReplayFlags extends RunFlags {
  readonly until?: string;
}
