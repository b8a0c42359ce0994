import { ConfigError } from '@panoptes/core';
import { type Command, Option } from 'commander';
import { jsonText } from '../report/printable.js';
import { runJsonSchema } from '../report/run-document-schema.js';
import { scenarioJsonSchema } from '../scenario/file/schema-keys.js';
import { scenarioReference } from '../scenario/published/scenario-reference.js';
import { exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** What there is a schema of: what a run is given, and what it gives. */
const schemas = { scenario: scenarioJsonSchema, run: runJsonSchema };

interface SchemaFlags {
  readonly of: keyof typeof schemas;
  readonly markdown: boolean;
}

/** Adds `panoptes schema`: prints what a scenario, or the document of a run, may hold. */
export function addSchema(
  program: Command,
  { stdout }: Terminal,
  exit: (code: number) => void,
): void {
  program
    .command('schema')
    .summary('print the JSON Schema of scenarios, or of runs')
    .description(
      'Prints the JSON Schema (draft 7) of scenario files, from which editors complete and check ' +
        'keys; as Markdown, the reference of all keys. Or that of the document of any run, which --json ' +
        'prints and summary.json holds.',
    )
    .addOption(
      new Option('--of <what>', 'of scenarios, or of the document of a run')
        .choices(Object.keys(schemas))
        .default('scenario'),
    )
    .option('--markdown', 'print the reference instead', false)
    .action(({ of, markdown }: SchemaFlags) => {
      if (markdown && of !== 'scenario') {
        throw new ConfigError('--markdown: there is a reference of scenarios only; leave out --of');
      }
      stdout.write(markdown ? scenarioReference() : jsonText(schemas[of](), 2));
      exit(exitCodes.pass);
    });
}
