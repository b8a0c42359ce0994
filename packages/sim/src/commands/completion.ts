import { Argument, type Command } from 'commander';
import { presets } from '../churn/presets.js';
import { exitCodes } from './exit-codes.js';
import { defineNow } from './late-definition.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes completion <shell>`: prints a script that completes commands and flags. */
export function addCompletion(
  program: Command,
  { stdout }: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('completion')
    .summary('print a script that completes commands and flags in a shell')
    .description('Prints a completion script, for instance: source <(panoptes completion bash)')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action(async (shell: Shell) => {
      // What cannot be loaded is completed by its name alone.
      for (const command of program.commands) await defineNow(command).catch(() => undefined);
      stdout.write(scripts[shell](completionsOf(program)));
      exit(exitCodes.pass);
    });
}

/** What can be typed after a command's name. */
interface Candidates {
  readonly name: string;
  readonly about: string;
  readonly words: readonly string[];
}

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

function completionsOf(program: Command): Candidates[] {
  return program.commands.map((command) => ({
    name: command.name(),
    about: command.summary(),
    words: [
      ...command.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? []))),
      '--help',
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
      ...(['run', 'serve'].includes(command.name()) ? Object.keys(presets) : []),
    ],
  }));
}

const scripts: Readonly<Record<Shell, (commands: readonly Candidates[]) => string>> = {
  bash: (commands) =>
    [
      '_panoptes() {',
      '  local word="${COMP_WORDS[COMP_CWORD]}" words',
      '  case "${COMP_CWORD}:${COMP_WORDS[1]}" in',
      `    1:*) words="${names(commands)} --help --version" ;;`,
      ...commands.map(({ name, words }) => `    *:${name}) words="${words.join(' ')}" ;;`),
      '  esac',
      '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
      '  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))',
      '}',
      'complete -o filenames -F _panoptes panoptes',
      '',
    ].join('\n'),
  zsh: (commands) =>
    [
      '#compdef panoptes',
      '_panoptes() {',
      '  local -a commands=(',
      ...commands.map(({ name, about }) => `    '${name}:${about.replaceAll("'", '’')}'`),
      '  )',
      '  if (( CURRENT == 2 )); then _describe command commands; return; fi',
      '  case "${words[2]}" in',
      ...commands.map(({ name, words }) => `    ${name}) compadd -- ${words.join(' ')} ;;`),
      '  esac',
      '  _files',
      '}',
      'compdef _panoptes panoptes',
      '',
    ].join('\n'),
  fish: (commands) =>
    [
      ...commands.map(
        ({ name, about }) =>
          `complete -c panoptes -n __fish_use_subcommand -a ${name} -d '${about.replaceAll("'", '’')}'`,
      ),
      ...commands.map(
        ({ name, words }) =>
          `complete -c panoptes -n '__fish_seen_subcommand_from ${name}' -a '${words.join(' ')}'`,
      ),
      '',
    ].join('\n'),
};

const names = (commands: readonly Candidates[]): string =>
  commands.map(({ name }) => name).join(' ');
