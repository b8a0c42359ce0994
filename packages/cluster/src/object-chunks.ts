import { createHash } from 'node:crypto';
import { StoreError, systemClock } from '@panoptes/core/follower';
import { type ServerConnection, messagesUnderWay } from './server-connection.js';

/**
 * The bytes of an object in a bucket, some chunks under way at a time, whatever size it claims to have.
 *
 * @param bucket - its name
 * @param look - what the bucket says of the object by now; undefined when it was removed
 * @throws {StoreError} `STORE_HISTORY_GONE` when it was removed meanwhile, `STORE_CORRUPT` when it is not what
 * it says
 */
export async function* objectChunks(
  server: ServerConnection,
  bucket: string,
  info: StoredObject,
  look: () => Promise<Pick<StoredObject, 'nuid'> | undefined>,
): AsyncGenerator<Uint8Array> {
  const { name, nuid, size, chunks, digest } = info;
  // It becomes part of a subject.
  if (!/^[\dA-Za-z]{1,64}$/.test(nuid)) throw corrupt(name, 'an id that no object has');
  const stream = `OBJ_${bucket}`;
  const subject = `$O.${bucket}.C.${nuid}`;
  const checkWhole = async (): Promise<void> => {
    const now = await look();
    if (now?.nuid !== nuid) throw gone(name);
    const { state } = await server.streams.streams.info(stream, { subjects_filter: subject });
    const there = state.subjects?.[subject] ?? 0;
    if (there !== chunks) throw corrupt(name, `${there} chunks of ${chunks}`);
  };
  await checkWhole();
  const consumer = await server.client.consumers.get(stream, { filter_subjects: subject });
  const messages = await consumer.consume({ max_messages: messagesUnderWay(server) });
  const hash = createHash('sha256');
  const steps = messages[Symbol.asyncIterator]();
  let got = 0;
  try {
    for (let left = chunks; left > 0 && got <= size; left--) {
      const step = await whileThere(steps.next(), checkWhole);
      if (step.done === true) throw new Error(`the connection was closed ${got} bytes into it`);
      const { data } = step.value;
      got += data.length;
      hash.update(data);
      if (got <= size) yield data;
    }
  } finally {
    // It is closed when its steps are over, and not before.
    await steps.return?.();
    await messages.close();
    await consumer.delete().catch(() => undefined);
  }
  if (got !== size) throw corrupt(name, `${got} bytes, where it says ${size}`);
  const isRight = digest.replace(/=+$/, '') === `SHA-256=${hash.digest('base64url')}`;
  if (!isRight) throw corrupt(name, 'other bytes than those of its digest');
}

/** An object in a bucket, as that says. */
export interface StoredObject {
  readonly name: string;
  /** What its chunks are found by. */
  readonly nuid: string;
  readonly size: number;
  readonly chunks: number;
  readonly digest: string;
}

/** Waits for what comes next; looks from time to time whether it still can. */
async function whileThere<Next>(next: Promise<Next>, check: () => Promise<void>): Promise<Next> {
  for (;;) {
    let cancel!: () => void;
    const due = new Promise<'due'>((resolve) => {
      cancel = systemClock.after(lookEveryMs, () => resolve('due'));
    });
    const first = await Promise.race([next, due]).finally(cancel);
    if (first !== 'due') return first;
    await check().catch((error: unknown) => {
      // A server that does not answer is waited for.
      if (error instanceof StoreError) throw error;
    });
  }
}

const lookEveryMs = 1_000;

const gone = (name: string): StoreError =>
  new StoreError(
    'STORE_HISTORY_GONE',
    `snapshot ${name} was removed while it was read: a newer one has what was there`,
  );

const corrupt = (name: string, what: string): StoreError =>
  new StoreError(
    'STORE_CORRUPT',
    `snapshot ${name} in the bucket is not what a registry has put there: it has ${what}; remove it, and an ` +
      'earlier one is taken',
  );
