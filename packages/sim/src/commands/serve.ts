import type { Command } from 'commander';
import { Option } from 'commander';
import { OtherRunError } from '../driver/other-run-error.js';
import { type NetworkFlags, addNetwork, networkSource } from './network-argument.js';
import { addRunFlags, type RunFlags } from './run-flags.js';
import { playScenario } from './run-scenario.js';
import {
  type ServeOptions,
  acknowledges,
  parseAcknowledge,
  parseReplicas,
  servedStream,
} from './served-stream.js';
import { type StreamFlags, addStreamFlags, streamPlace } from './stream-flags.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes serve [network]`: a run whose registry others follow. */
export function addServe(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = program
    .command('serve')
    .summary('run a scenario whose registry is in a stream, where others follow it')
    .description(
      'Runs a scenario as run does, in real time, and keeps its registry in a stream of NATS JetStream, where ' +
        'panoptes follow has all of it on any machine. It goes on where it was when it was started ' +
        'before: churn follows from the scenario and its seed. One process at a time is the primary of a name.',
    );
  addStreamFlags(addNetwork(command), 'where the stream is')
    .addOption(
      new Option(
        '--acknowledge <who>',
        `who must have a change before it counts as made: ${acknowledges.join(', ')}`,
      )
        .argParser(parseAcknowledge)
        .default('stream' satisfies ServeOptions['acknowledge']),
    )
    .addOption(
      new Option('--replicas <n>', 'on how many servers a new stream is kept, from 1 to 5')
        .argParser(parseReplicas)
        .default(1),
    )
    .option('--stay', 'stay the primary after the end of the scenario, until Ctrl-C', false);
  addRunFlags(command, '1x').action(async (network: string, flags: ServeFlags, given: Command) => {
    const place = streamPlace(flags, terminal.env);
    const source = networkSource(network, flags, given);
    const stream = await servedStream(terminal, place, flags);
    const reading = { strict: flags.strict, maxInputBytes: flags.maxInput };
    try {
      exit(await playScenario(terminal, source, { ...flags, reading, stream }));
    } catch (error) {
      if (!(error instanceof OtherRunError)) throw error;
      const name = `stream '${place.name}'`;
      throw new OtherRunError(error.run, error.found, { name, remedy: 'give another --name' });
    }
  });
}

interface ServeFlags extends RunFlags, NetworkFlags, StreamFlags, ServeOptions {
  readonly quiet: boolean;
}
