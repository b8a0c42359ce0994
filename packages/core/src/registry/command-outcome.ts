import type { RefusedCommand } from '../errors.js';
import {
  type BatchResult,
  type Command,
  type CommandResult,
  type Step,
  nodeIdOfStep,
} from './commands.js';
import type { Change, Transaction } from '../log/transaction.js';

/** What a caller is told of a command that became transaction `seq`, or changed nothing after it. */
export function resultOf(
  command: Command,
  { changes }: Transaction,
  seq: number,
): CommandResult<'added' | 'updated' | 'removed'> | BatchResult {
  if (command.kind === 'batch' || command.kind === 'cleanup') return batchResult(changes, seq);
  // Evictions that a new peer causes come before it.
  const last = changes[changes.length - 1];
  return { seq, change: last === undefined ? 'unchanged' : pastTense[last.kind] };
}

/** What an error says of a command whose transaction was not committed. */
export function refusedCommand(command: Command, { changes }: Transaction): RefusedCommand {
  const kind = command.kind === 'replicate' ? 'batch' : command.kind;
  const found = changes.find((change) => change.kind !== 'remove');
  return {
    kind,
    // An update by key or DID names its peer once that is found.
    nodeId: isOne(command) ? (nodeIdOfStep(command) ?? found?.nodeId) : undefined,
    changes: changes.length,
  };
}

const isOne = (command: Command): command is Step =>
  !['batch', 'cleanup', 'replicate'].includes(command.kind);

const pastTense = { add: 'added', update: 'updated', remove: 'removed' } as const;

function batchResult(changes: readonly Change[], seq: number): BatchResult {
  const counts = { added: 0, updated: 0, removed: 0, evicted: 0 };
  for (const change of changes) {
    if (change.kind === 'add') counts.added++;
    else if (change.kind === 'update') counts.updated++;
    else if (change.reason === 'evicted') counts.evicted++;
    else counts.removed++;
  }
  return { seq, change: changes.length === 0 ? 'unchanged' : 'committed', ...counts };
}
