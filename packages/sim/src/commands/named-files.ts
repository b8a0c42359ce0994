import { join } from 'node:path';
import type { Command } from 'commander';
import { eventFiles, isFile, type NamedFiles, recordingFiles } from '../output/output-places.js';
import { runReportNames } from '../report/run-files.js';
import type { LogRequest } from './log-flag.js';
import { sweepFileNames } from './sweep.js';

/** The files of all options of a command: what each writes, and what it reads. */
export function namedFiles(command: Command): NamedFiles[] {
  const flags = command.optsWithGlobals<FileFlags>();
  const filesOf = (file: string | undefined, all = (one: string) => [one]): string[] =>
    file === undefined ? [] : all(file);
  const name = command.name();
  const reports = name === 'sweep' ? sweepFileNames : runReportNames;
  // A run may name a network in place of a file, and a replay the folder of a report.
  const read = reading.includes(name) ? command.args.filter(isFile) : [];
  // Behind what is to be done with them.
  const stores = name === 'store' ? command.args.slice(1) : [];
  const named = command.registeredArguments.map((argument) => argument.name());
  return [
    { option: `<${named.join(', ')}>`, files: read, folders: stores },
    { option: '--store', files: [], folders: filesOf(flags.store) },
    { option: '--sessions', files: filesOf(flags.sessions) },
    {
      option: '--out',
      files: filesOf(flags.out, (folder) =>
        [...reports, '.panoptes.lock'].map((file) => join(folder, file)),
      ),
    },
    { option: '--record', files: filesOf(flags.record, recordingFiles) },
    { option: '--events', files: filesOf(flags.events, eventFiles) },
    { option: '--svg', files: name === 'report' ? filesOf(flags.svg) : [] },
    { option: '--log', files: filesOf(flags.log?.file) },
  ];
}

/** Commands whose arguments are files; `report` may write again what it reads. */
const reading: readonly string[] = ['run', 'serve', 'replay', 'sweep', 'check', 'fit', 'compare'];

/** The flags that name files, of any command. */
interface FileFlags {
  readonly out?: string;
  readonly record?: string;
  readonly events?: string;
  readonly svg?: string;
  readonly sessions?: string;
  readonly store?: string;
  readonly log?: LogRequest;
}
