import { once } from 'node:events';
import { ConfigError, StoreError, type StoreErrorCode } from '@panoptes/core';
import type * as StorePackage from '@panoptes/store';
import { Argument, type Command } from 'commander';
import { jsonText } from '../report/printable.js';
import { formatStore } from '../report/store-text.js';
import { exitCodes } from './exit-codes.js';
import { loadOptional } from './optional-package.js';
import { print } from './print.js';
import type { Terminal } from './terminal.js';

/** Adds `panoptes store <action> <path> [to]`: what there is to do with a registry's store on disk. */
export function addStore(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command('store')
    .summary("look into a registry's store, back it up, bring it back")
    .description(
      'inspect says what a store holds, verify looks through all of it. backup copies it into another ' +
        'folder, restore makes a store of such a copy. dump prints its peers, one JSON document a line. ' +
        'All but restore also work while a registry writes there.',
    )
    .addArgument(new Argument('<action>', 'what to do').choices(actions))
    .argument('<path>', 'the folder of the store; for restore, of the backup')
    .argument('[to]', 'for backup, the folder of the copy; for restore, of the store')
    .option('--replace', 'let restore overwrite a store', false)
    .option('--json', 'print one JSON document', false)
    .action(async (action: Action, path: string, to: string | undefined, flags: StoreFlags) => {
      checkArguments(action, to, flags);
      const name = '@panoptes/store';
      const tools = (await loadOptional(name, 'panoptes store')) as typeof StorePackage;
      if (action === 'dump') await dump(tools, path, terminal);
      else {
        const report = await reportOf(tools, action, path, to!, flags);
        print(terminal, { schema, action, ...report }, formatStore, flags.json);
      }
      exit(exitCodes.pass);
    });
}

/**
 * Whether it is for the user of the command to name another store, or to wait for its writer. What a run
 * lost, because its store failed on the way, is told with that as the cause.
 */
export const isStoreInput = (error: Error): boolean =>
  error instanceof StoreError &&
  inputCodes.includes(error.code) &&
  !(error.cause instanceof StoreError);

const inputCodes: readonly StoreErrorCode[] = [
  'STORE_FIELDS',
  'STORE_FORMAT',
  'STORE_LOCKED',
  'STORE_UNAVAILABLE',
];

const actions = ['inspect', 'verify', 'backup', 'restore', 'dump'] as const;
type Action = (typeof actions)[number];

interface StoreFlags {
  readonly replace: boolean;
  readonly json: boolean;
}

/** Counts incompatible changes of what is printed as JSON. */
const schema = 'panoptes.store/1';

function checkArguments(action: Action, to: string | undefined, flags: StoreFlags): void {
  const needsTo = action === 'backup' || action === 'restore';
  if (needsTo !== (to !== undefined)) {
    const expected = needsTo ? 'two folders: from where, and to where' : 'one folder';
    throw new ConfigError(`panoptes store ${action}: expected ${expected}`);
  }
  if (flags.replace && action !== 'restore') {
    throw new ConfigError(
      '--replace: expected it with restore alone; nothing else overwrites a store',
    );
  }
}

function reportOf(
  tools: typeof StorePackage,
  action: Exclude<Action, 'dump'>,
  path: string,
  to: string,
  { replace }: StoreFlags,
): Promise<StorePackage.StoreReport> {
  switch (action) {
    case 'inspect':
      return tools.inspectStore(path);
    case 'verify':
      return tools.verifyStore(path);
    case 'backup':
      return tools.backupStore(path, to);
    case 'restore':
      return tools.restoreStore(path, to, replace);
  }
}

async function dump(tools: typeof StorePackage, path: string, { stdout }: Terminal): Promise<void> {
  await tools.dumpStore(path, async (peer) => {
    if (!stdout.write(jsonText(peer, 0))) await once(stdout, 'drain');
  });
}
