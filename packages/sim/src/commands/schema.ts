import type { Command } from 'commander';
import { jsonText } from '../report/printable.js';
import { scenarioJsonSchema } from '../scenario/file/schema-keys.js';
import { scenarioReference } from '../scenario/published/scenario-reference.js';
import { exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes schema`: prints what a scenario may hold. */
export function addSchema(
  program: Command,
  { stdout }: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('schema')
    .summary('print the JSON Schema of scenarios')
    .description(
      'Prints the JSON Schema (draft 7) of scenario files, from which editors complete and check ' +
        'keys; as Markdown, the reference of all keys.',
    )
    .option('--markdown', 'print the reference instead', false)
    .action(({ markdown }: { markdown: boolean }) => {
      stdout.write(markdown ? scenarioReference() : jsonText(scenarioJsonSchema(), 2));
      exit(exitCodes.pass);
    });
}
