import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { ConfigError, describe } from '@panoptes/core';
import { type Command, Option } from 'commander';
import { jsonText, printableDocument } from '../report/printable.js';
import { FileCache, removeUnused } from '../sweep/file-cache.js';
import { RunPool } from '../sweep/run-pool.js';
import { WorkerDesk } from '../sweep/worker-desk.js';
import { type TellWorker, workerLine } from '../sweep/worker-events.js';
import { workOn } from '../sweep/worker-loop.js';
import { parseDuration } from '../time/duration.js';
import {
  type ClusterFlags,
  addClusterFlags,
  clusterServers,
  loadCluster,
} from './cluster-flags.js';
import { exitCodes } from './exit-codes.js';
import { parseThreads } from './flags.js';
import { throwInFlags } from './stream-flags.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes worker`: takes runs of sweeps with `--cluster`, on any machine. */
export function addWorker(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  const command = program
    .command('worker')
    .summary('do runs of sweeps that are shared over a cluster')
    .description(
      'Takes runs of any sweep with the same --cluster, until it is told to end: a run that is under way is ' +
        'given back then, as is one of a worker that dies. It refuses sweeps of another version of Panoptes or ' +
        'of Node, whose results would not be equal. It says what it does: in words on a terminal, else as JSON ' +
        'lines.',
    );
  addClusterFlags(command, 'where the sweeps are')
    .option('--slots <n>', 'runs at a time, each on a thread', parseThreads('--slots'), 1)
    .addOption(
      new Option('--idle-exit <time>', 'end when there was no run for so long, as in 30s')
        .argParser((text) => parseDuration(text, '--idle-exit'))
        .default(Number.POSITIVE_INFINITY, 'never'),
    )
    .option(
      '--allow-modules',
      'run modules and processes of whoever may offer sweeps there, as any program of this user',
      false,
    )
    .option('--cache <dir>', 'where files of sweeps are kept', cacheFolder(terminal.env))
    .action(async (flags: WorkerFlags) => {
      exit(await work(terminal, flags));
    });
}

interface WorkerFlags extends ClusterFlags {
  readonly slots: number;
  readonly idleExit: number;
  readonly allowModules: boolean;
  readonly cache: string;
}

async function work(terminal: Terminal, flags: WorkerFlags): Promise<number> {
  const { clock, env } = terminal;
  const servers = clusterServers(flags, env);
  if (servers === undefined) {
    throw new ConfigError('panoptes worker: expected --cluster with a URL, as in nats://host:4222');
  }
  if (flags.cache === '') {
    throw new ConfigError(`--cache: expected the path of a folder, got ${describe(flags.cache)}`);
  }
  const { connectWork } = await loadCluster('panoptes worker');
  const jobs = join(flags.cache, 'jobs');
  const cache = FileCache.open(join(flags.cache, 'files'), clock);
  if (existsSync(jobs)) removeUnused(jobs, clock);
  const server = await connectWork(servers, 'panoptes-worker').catch(throwInFlags);
  const tell = teller(terminal);
  server.onAway((isAway) => tell({ event: isAway ? 'away' : 'back' }));
  const interrupt = new AbortController();
  const ignoreInterrupts = terminal.onInterrupt(() => interrupt.abort());
  const { slots, allowModules, idleExit: idleExitMs } = flags;
  const { signal } = interrupt;
  const name = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const pool = new RunPool(slots);
  const desk = new WorkerDesk({ name, allowModules }, { server, clock, cache, jobs, tell, signal });
  tell({ event: 'started', worker: name, slots });
  let haveEnded: boolean;
  try {
    const options = { server, pool, clock, tell, signal, slots, allowModules, idleExitMs };
    const runs = await workOn(desk, options);
    tell({ event: 'ended', runs });
  } finally {
    haveEnded = await pool.end(clock);
    await desk.end();
    await server.close();
    ignoreInterrupts();
  }
  if (!haveEnded) await terminal.kill(1);
  return signal.aborted ? exitCodes.interrupted : exitCodes.pass;
}

/** Says what a worker does: to people on a terminal, and else to programs. */
function teller({ stdout }: Terminal): TellWorker {
  return (event) => {
    stdout.write(stdout.isTTY ? `${workerLine(printableDocument(event))}\n` : jsonText(event, 0));
  };
}

/** Where programs of this user keep what they can fetch again. */
const cacheFolder = ({ XDG_CACHE_HOME: cache }: NodeJS.ProcessEnv): string =>
  join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'panoptes');
