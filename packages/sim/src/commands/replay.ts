import type { Command } from 'commander';
import type { FaultRequest } from '../faults/injection/fault-request.js';
import { repeatable } from '../model/churn-origin.js';
import type { parseObserverList } from '../observers/observer-list.js';
import { parseDuration } from '../time/duration.js';
import type { Speed } from '../time/speed.js';
import { openTrace } from '../traces/open-trace.js';
import {
  faultFlag,
  maxInputFlag,
  observersFlag,
  recordFlag,
  speedFlag,
  strictFlag,
} from './flags.js';
import { play } from './play.js';
import type { Terminal } from './terminal.js';

interface ReplayFlags {
  readonly observers: ReturnType<typeof parseObserverList>;
  readonly speed: Speed;
  readonly fault: readonly FaultRequest[];
  readonly record?: string;
  readonly until?: number;
  readonly strict: boolean;
  readonly maxInput: number;
  readonly json: boolean;
}

/** Adds `panoptes replay <file>`: plays a recorded trace. */
export function addReplay(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('replay')
    .summary('play a recorded trace into a registry and check every observer')
    .description(
      'Plays a recorded trace into a registry with every observer on its own thread, and checks ' +
        'each against a plain single-threaded model fed the same changes.',
    )
    .argument(
      '<file>',
      'an availability trace (.avt), a discv4 crawl (.json), discv4 churn (.jsonl) or a mesh graph ' +
        '(.json, also of meshviewer, yanic, batman-adv and olsrd); also packed with gzip; - for ' +
        'standard input',
    )
    .addOption(observersFlag())
    .addOption(speedFlag())
    .addOption(faultFlag())
    .addOption(recordFlag())
    .addOption(strictFlag())
    .addOption(maxInputFlag())
    .option('--until <duration>', 'stop after this much virtual time, such as 12h or 2d', (text) =>
      parseDuration(text, '--until'),
    )
    .option('--json', 'print one JSON document', false)
    .action(async (file: string, flags: ReplayFlags) => {
      const { observers, speed, fault: faults, until: untilMs, record, json } = flags;
      const reading = { strict: flags.strict, maxInputBytes: flags.maxInput };
      const options = { observers, speed, seed: null, untilMs, faults, record, json };
      const source = await openTrace(file, reading);
      const origin = repeatable({ kind: 'trace', file, reading });
      exit(await play(terminal, source, { ...options, origin }));
    });
}
