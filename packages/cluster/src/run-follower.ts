import { StoreError } from '@panoptes/core/follower';
import { type AssembledRun, RunAssembler } from './run-assembler.js';
import { readMessages } from './run-reader.js';
import type { PlacedMessage, RunStream } from './run-stream.js';

/**
 * The runs of a stream behind a transaction, as they come, whole and in their order.
 *
 * @param leaving - when it is aborted, nothing more is read or waited for
 * @throws {StoreError} `STORE_HISTORY_GONE` when the stream was cut behind what is due
 *   and others when it is not what registries have written
 */
export async function* followedRuns(
  stream: RunStream,
  { after, place }: FollowedFrom,
  leaving: AbortSignal,
): AsyncGenerator<AssembledRun> {
  const assembler = new RunAssembler({ place, epoch: 0 });
  let due = place + 1;
  let lastSeq = after;
  for await (const found of readMessages(stream, due, undefined, leaving)) {
    if (found.place !== due || isBeyond(found, lastSeq, assembler)) throw gap(stream, lastSeq);
    due++;
    const run = assembler.take(found);
    if (run === undefined) continue;
    ({ lastSeq } = run.head);
    yield run;
  }
}

/** Where following begins. */
export interface FollowedFrom {
  /** The last transaction that is known already. */
  readonly after: number;
  /** The message behind which the next one is, or will be. */
  readonly place: number;
}

/** Whether transactions are missing before a message. */
function isBeyond(
  { message }: PlacedMessage,
  lastSeq: number,
  { isBetween }: RunAssembler,
): boolean {
  if (message.kind === 'epoch') return message.lastSeq > lastSeq;
  return isBetween && (message.part > 1 || message.firstSeq > lastSeq + 1);
}

const gap = ({ names }: RunStream, seq: number): StoreError =>
  new StoreError(
    'STORE_HISTORY_GONE',
    `stream ${names.stream} was cut behind transaction ${seq}: a snapshot has what was there`,
  );
