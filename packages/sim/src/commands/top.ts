import { ConfigError, describe, suggestion } from '@panoptes/core';
import { type Command, Option } from 'commander';
import { jsonText } from '../report/printable.js';
import { screenFor } from '../report/screen.js';
import { textTable } from '../report/text-table.js';
import { type DashboardPlace, dashboardPlace } from '../top/dashboard-place.js';
import type { DashboardSample } from '../top/dashboard-sample.js';
import { LostConnection, dashboardStream, noDashboard } from '../top/dashboard-stream.js';
import { LiveTop } from '../top/live-top.js';
import { type ColumnId, columnIds, observerColumns } from '../top/observer-columns.js';
import { ObserverLines } from '../top/observer-lines.js';
import { keyHelp, type TopView } from '../top/top-view.js';
import { usualPort } from './dashboard-flag.js';
import { tokenIn } from './dashboard-token.js';
import { exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes top [url]`: the observers of a dashboard in a terminal. */
export function addTop(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('top')
    .summary('show the observers of a dashboard in a terminal, live')
    .description(
      'Shows the observers of a dashboard, such as that of a run with --dashboard, on the whole screen: ' +
        'who lags is on top. It connects again when the connection is lost. Where there is no terminal ' +
        'it prints one table.',
    )
    .argument(
      '[url]',
      'the URL that the dashboard printed, or its port; its token may be in PANOPTES_TOKEN instead',
      `${usualPort}`,
    )
    .addOption(
      new Option('--sort <column>', `what they are sorted by: ${columnIds.join(', ')}`)
        .argParser(parseColumn)
        .default('lag' satisfies ColumnId),
    )
    .option('--filter <text>', 'show those alone with this in their names or states', '')
    .option('--json', 'print one sample as JSON, and end', false)
    .addHelpText('after', `\nKeys: ${keyHelp}`)
    .action(async (url: string, flags: TopFlags) => {
      exit(await showTop(terminal, dashboardPlace(url, tokenIn(terminal.env)), flags));
    });
}

interface TopFlags {
  readonly sort: ColumnId;
  readonly filter: string;
  readonly json: boolean;
}

async function showTop(
  terminal: Terminal,
  place: DashboardPlace,
  { sort, filter, json }: TopFlags,
): Promise<number> {
  const { clock, stdout } = terminal;
  const end = new AbortController();
  const samples = dashboardStream(place, clock, end.signal);
  try {
    const first = await firstOf(samples, place);
    const view: TopView = {
      ...{ sort, filter, isReversed: false },
      ...{ isTyping: false, isPaused: false, above: 0 },
    };
    if (json) stdout.write(jsonText({ schema, ...first }, 2));
    else {
      const isScreen = stdout.isTTY && terminal.env['TERM'] !== 'dumb';
      const stdin = isScreen ? terminal.openInput?.() : undefined;
      if (stdin?.isTTY !== true) {
        printTable(terminal, first, view);
        return exitCodes.pass;
      }
      const isInterrupted = await LiveTop.show(
        {
          ...{ ...terminal, stdin, view, end },
          title: `panoptes top · ${place.base.origin}`,
          again: () => dashboardStream(place, clock, end.signal),
        },
        first,
        samples,
      );
      return isInterrupted ? exitCodes.interrupted : exitCodes.pass;
    }
    return exitCodes.pass;
  } finally {
    end.abort();
    void samples.return();
  }
}

/** Counts incompatible changes of what is printed as JSON. */
const schema = 'panoptes.top/1';

async function firstOf(
  samples: AsyncIterator<DashboardSample, void>,
  { base }: DashboardPlace,
): Promise<DashboardSample> {
  try {
    return (await samples.next()).value!;
  } catch (error) {
    if (!(error instanceof LostConnection)) throw error;
    throw new ConfigError(`${noDashboard(base)}, but cannot reach it: ${error.message}`, {
      cause: error,
    });
  }
}

function printTable({ stdout, env }: Terminal, sample: DashboardSample, view: TopView): void {
  const lines = new ObserverLines();
  lines.take(sample);
  // One sample has no rates.
  const columns = observerColumns.filter(({ id }) => id !== 'events/s');
  const rows = lines.list(view).map((line) => columns.map(({ text }) => text(line)));
  const titles = columns.map(({ id }) => [id, words.includes(id) ? 'left' : 'right'] as const);
  stdout.write(`${textTable(titles, rows, screenFor(stdout, env))}\n`);
}

/** Columns of words. */
const words: readonly ColumnId[] = ['observer', 'state', 'role'];

function parseColumn(text: string): ColumnId {
  const found = columnIds.find((id) => id === text);
  if (found !== undefined) return found;
  throw new ConfigError(
    `--sort: expected one of ${columnIds.join(', ')}, got ${describe(text)}${suggestion(text, columnIds)}`,
  );
}
