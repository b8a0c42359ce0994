import { ConfigError } from '@panoptes/core';
import { textLogger } from '@panoptes/workers';
import { type Command, Option } from 'commander';
import { type Logger, destination, pino } from 'pino';
import { writeAside } from './print.js';
import type { Terminal } from './terminal.js';

/**
 * Adds `--log` to all commands: what observers print and how they fare, while a registry is open.
 *
 * @returns the terminal for commands: what it opens logs as the flag says
 */
export function addLog(program: Command, terminal: Terminal): Terminal {
  let logger: Logger | false = false;
  program
    .addOption(
      new Option(
        '--log <level[:file]>',
        `what observers say: ${levels.join(', ')}; on stderr, or as JSON in a file (info:run.log)`,
      )
        .argParser(parseLog)
        .default(parseLog(usual), usual),
    )
    .configureHelp({ showGlobalOptions: true })
    .hook('preAction', (_, command) => {
      const { log } = program.opts<{ log: LogRequest }>();
      const isAsked = program.getOptionValueSource('log') !== 'default';
      const { quiet } = command.opts<{ quiet?: boolean }>();
      logger = loggerOf(quiet === true && !isAsked ? { level: 'error' } : log, terminal);
    });
  const openRegistry: Terminal['openRegistry'] = (options) =>
    terminal.openRegistry({ ...options, logger });
  return { ...terminal, openRegistry, logger: () => logger };
}

/** What `--log` asks for. */
export interface LogRequest {
  readonly level: Level;
  /** Where JSON lines go, in place of text on stderr. */
  readonly file?: string;
}

const levels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
type Level = (typeof levels)[number];

const usual = 'warn';

function parseLog(text: string): LogRequest {
  const colon = text.indexOf(':');
  const level = colon === -1 ? text : text.slice(0, colon);
  const file = colon === -1 ? undefined : text.slice(colon + 1);
  if (!isLevel(level) || file === '') {
    throw new ConfigError(
      `--log: expected a level (${levels.join(', ')}), or a level and a file as in info:run.log, ` +
        `got '${text}'`,
    );
  }
  return { level, ...(file !== undefined && { file }) };
}

const isLevel = (text: string): text is Level => (levels as readonly string[]).includes(text);

function loggerOf({ level, file }: LogRequest, terminal: Terminal): Logger | false {
  if (level === 'silent') return false;
  if (file === undefined) return textLogger(level, (text) => writeAside(terminal, text));
  try {
    return pino({ level }, destination({ dest: file, sync: true }));
  } catch (cause) {
    throw new ConfigError(`--log: ${(cause as Error).message}`, { cause });
  }
}
