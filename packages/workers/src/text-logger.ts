import { ConfigError, describe, printable, printableLines } from '@panoptes/core';
import { type LevelWithSilent, type Logger, pino } from 'pino';

/**
 * A logger whose lines are for people: what a registry logs with when it is given none.
 *
 * ```
 * panoptes warn  observer 'routing', incarnation 2: crashed: no such thing (code=error seq=17)
 *     Error: no such thing
 *         at onEvents (…)
 * ```
 *
 * @param level - the lowest that is written; by default `warn`
 * @param write - gets each line, its end included; by default it goes to stderr through `console`
 * @throws {ConfigError} when the level is none, or there is nothing to call with lines
 */
export function textLogger(
  level: LevelWithSilent = 'warn',
  write: (text: string) => void = (text) => console.error('%s', text.trimEnd()),
): Logger {
  const levels = [...Object.keys(pino.levels.values), 'silent'];
  if (!levels.includes(level)) {
    throw new ConfigError(`level: expected one of ${levels.join(', ')}, got ${describe(level)}`);
  }
  if (typeof write !== 'function') {
    throw new ConfigError(`write: expected a function, got ${describe(write)}`);
  }
  return pino({ level }, { write: (line: string) => write(textOf(JSON.parse(line) as Line)) });
}

/** What is said about an observer or a registry, as pino writes it. */
interface Line {
  readonly level: number;
  readonly msg?: string;
  readonly observer?: string;
  readonly incarnation?: number;
  readonly stack?: string;
  readonly err?: { readonly stack?: string };
  readonly [field: string]: unknown;
}

/** Fields that the line says in words, or that a reader at a terminal does not need. */
const told = new Set([
  ...['level', 'time', 'pid', 'hostname', 'actor'],
  ...['msg', 'observer', 'incarnation', 'stack', 'err'],
]);

function textOf(line: Line): string {
  const { observer, incarnation, msg = '', stack = line.err?.stack } = line;
  const level = (pino.levels.labels[line.level] ?? 'log').padEnd(5);
  const number = incarnation === undefined ? '' : `, incarnation ${incarnation}`;
  const who = observer === undefined ? '' : `observer '${observer}'${number}: `;
  const rest = Object.entries(line)
    .filter(([name]) => !told.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const fields = rest.length === 0 ? '' : ` (${rest.join(' ')})`;
  const more = stack === undefined ? '' : `\n${stack}`;
  return `panoptes ${level} ${indented(`${printable(who)}${msg}${printable(fields)}${more}`)}\n`;
}

/** What observers and peers wrote neither moves the cursor nor begins a line of its own. */
const indented = (text: string): string =>
  printableLines(text.trimEnd()).replaceAll('\n', '\n    ');
