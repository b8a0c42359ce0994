import { ConfigError, ReplicaError, describe } from '@panoptes/core';
import { builtInNames } from '@panoptes/workers';
import { type Command, Option } from 'commander';
import type { EndReason, FollowEnd } from '../follow/follow-document.js';
import { parseFollowers } from '../follow/follow-observers.js';
import { followFacts } from '../follow/follow-sample.js';
import { formatFollowEnd } from '../follow/follow-text.js';
import { showLive } from '../follow/show-live.js';
import { documentLine, writeLines } from '../follow/write-lines.js';
import { FollowedStream } from '../follow/followed-stream.js';
import type { PlayedObserver } from '../observers/observer-module.js';
import { parseDuration } from '../time/duration.js';
import { type DashboardPort, dashboardFlag } from './dashboard-flag.js';
import { exitCodes } from './exit-codes.js';
import { complain, print } from './print.js';
import { runDashboard } from './run-dashboard.js';
import { type StreamFlags, type StreamPlace, addStreamFlags, streamPlace } from './stream-flags.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes follow`: a replica of a registry in a stream, with observers. */
export function addFollow(
  program: Command,
  terminal: Terminal,
  exit: (code: number) => void,
): void {
  const command = program
    .command('follow')
    .summary('follow a registry in a stream, with observers of its own')
    .description(
      'Follows a registry that panoptes serve, or a program, keeps in a stream of NATS JetStream: it has the ' +
        'same peers at the same transactions, and observers of your choice. On a terminal it shows them on the ' +
        'whole screen, elsewhere it prints a line of JSON each second. It goes on when the primary, or its ' +
        'server, is gone and comes back.',
    );
  addStreamFlags(command, 'where the stream is')
    .addOption(
      new Option(
        '--observers <list>',
        'which observers follow: built-in ones and files of modules, as in kademlia,mesh*4,./own.mjs@process; or none',
      )
        .argParser(parseFollowers)
        .default(parseFollowers(builtInNames.join(',')), 'one of each built-in'),
    )
    .addOption(
      new Option('--until-seq <n>', 'end when that transaction is here').argParser(parseSeq),
    )
    .addOption(
      new Option('--for <duration>', 'end after so much time, such as 90s').argParser(parseFor),
    )
    .addOption(dashboardFlag())
    .option('--json', 'print lines of JSON, on a terminal too', false)
    .action(async (flags: FollowFlags) => {
      exit(await followStream(terminal, streamPlace(flags, terminal.env), flags));
    });
}

/** Whether there was nothing to follow, so that the command was asked for what is not there. */
export const isFollowInput = (error: Error): boolean =>
  error instanceof ReplicaError && error.code === 'REPLICA_SOURCE';

interface FollowFlags extends StreamFlags {
  readonly observers: readonly PlayedObserver[];
  readonly untilSeq?: number;
  /** Milliseconds. */
  readonly for?: number;
  readonly dashboard?: DashboardPort;
  readonly json: boolean;
}

async function followStream(
  terminal: Terminal,
  place: StreamPlace,
  flags: FollowFlags,
): Promise<number> {
  const { clock, logger = () => false } = terminal;
  const { dashboard: port } = flags;
  const dashboard = port === undefined ? undefined : await runDashboard(terminal, port);
  try {
    const deps = { clock, logger: logger() };
    const followed = await FollowedStream.open(place, flags.observers, deps);
    try {
      const about = () => followFacts(followed.figures());
      await dashboard?.onRegistry(followed.replica, { about, protectedObservers: [] });
      return await followToEnd(terminal, followed, place, flags);
    } finally {
      const threadsLeft = await followed.close();
      if (threadsLeft > 0) await terminal.kill(threadsLeft);
    }
  } finally {
    await dashboard?.close();
  }
}

async function followToEnd(
  terminal: Terminal,
  followed: FollowedStream,
  { name, servers }: StreamPlace,
  { untilSeq, for: forMs, json }: FollowFlags,
): Promise<number> {
  const { stdout, clock, env } = terminal;
  const end = new AbortController();
  let reason: EndReason | undefined;
  const finish = (why: EndReason): void => {
    reason ??= why;
    end.abort();
  };
  const ignoreInterrupts = terminal.onInterrupt(() => finish('interrupted'));
  const cancel = forMs === undefined ? undefined : clock.after(forMs, () => finish('for'));
  if (untilSeq !== undefined) void followed.reached(untilSeq).then(() => finish('until-seq'));
  void followed.ended.then(() => finish('stopped'));
  const isScreen = !json && stdout.isTTY && env['TERM'] !== 'dumb';
  const stdin = isScreen ? terminal.openInput?.() : undefined;
  const isLive = stdin?.isTTY === true;
  let document: FollowEnd;
  try {
    finish(
      isLive
        ? await showLive(
            { ...terminal, stdin },
            followed,
            `panoptes follow · ${name} at ${servers.join(', ')}`,
            end,
          )
        : await writeLines(terminal, followed, end),
    );
    document = await followed.end(reason!);
  } finally {
    cancel?.();
    ignoreInterrupts();
  }
  if (isLive) print(terminal, document, formatFollowEnd);
  else stdout.write(documentLine(document));
  return exitCodeOf(terminal, document, untilSeq);
}

function exitCodeOf(terminal: Terminal, end: FollowEnd, untilSeq: number | undefined): number {
  const { reason, problem, seq } = end;
  if (reason === 'interrupted') return exitCodes.interrupted;
  if (reason === 'stopped') {
    complain(terminal, `it follows no more: ${problem ?? 'no more transactions will come'}`);
    return exitCodes.fail;
  }
  if (reason !== 'for' || untilSeq === undefined) return exitCodes.pass;
  complain(terminal, `transaction ${untilSeq} has not come in that time: it is at ${seq}`);
  return exitCodes.fail;
}

function parseSeq(text: string): number {
  const seq = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seq >= 1 && Number.isSafeInteger(seq)) return seq;
  throw new ConfigError(
    `--until-seq: expected the number of a transaction, from 1 on, got ${describe(text)}`,
  );
}

function parseFor(text: string): number {
  const ms = parseDuration(text, '--for');
  // Longer than any timer.
  if (ms < 2 ** 31) return ms;
  throw new ConfigError(`--for: expected less than 25d, got ${describe(text)}`);
}
