import { types } from 'node:util';
import { systemClock, withDeadline } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import { describe } from '../describe.js';
import { isA, messageWithCause } from '../error-of.js';
import { blockFault } from './entry-block.js';
import { stateFault } from './kept-state.js';
import type { EntryBlock, KeptState } from './registry-store.js';
import { ReplicaError } from '../replica-errors.js';
import type { RunSource, SnapshotRequest, SourceHead, SourceSnapshot } from './run-source.js';

/**
 * A source of runs as a replica has it, behind its border: a source may be of users' own, and nothing of
 * what it gives is believed. Every answer has the form that `RunSource` promises, or is a `ReplicaError`.
 */
export class CheckedSource {
  readonly #source: RunSource;
  readonly #limits: SourceLimits;

  constructor(source: RunSource, limits: SourceLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** @throws {ReplicaError} when it cannot be had, or is none */
  async snapshot(asked: SnapshotRequest): Promise<SourceSnapshot> {
    const { storeOpenTimeoutMs } = this.#limits;
    const ask = (): unknown => this.#source.snapshot(asked);
    const given = (await this.#answer('snapshot', ask, storeOpenTimeoutMs)) as SourceSnapshot;
    const state = look('snapshot', () => {
      const { id, epoch, lastSeq, lastTime, peers } = given.state;
      return { id, epoch, lastSeq, lastTime, peers };
    });
    const fault = stateFault(state);
    if (fault !== undefined) throw noSnapshot(`expected its state.${fault}`);
    return { state: Object.freeze(state), entries: () => this.#entries(given, state) };
  }

  /** A step may take as long as it likes: there may be nothing to come. */
  async *runs(after: number): AsyncGenerator<Uint8Array> {
    const steps = look('runs', () => this.#source.runs(after)[Symbol.asyncIterator]());
    let isOver = false;
    try {
      for (;;) {
        const step = await this.#answer('runs', () => steps.next());
        const { done, value } = look('runs', () => step as IteratorResult<unknown, unknown>);
        isOver = done === true;
        if (isOver) return;
        if (!types.isUint8Array(value) || !types.isArrayBuffer(value.buffer)) {
          const what = `expected a run as bytes in memory of its own, got ${describe(value)}`;
          throw new ReplicaError('REPLICA_SOURCE', `the source's runs() gave no run: ${what}`);
        }
        yield value;
      }
    } catch (error) {
      isOver = true;
      throw error;
    } finally {
      if (!isOver) await this.#leave(steps);
    }
  }

  /** Where the primary is, as far as it knows: undefined also when it says what cannot be. */
  newest(): SourceHead | undefined {
    try {
      const { epoch, seq, time } = this.#source.newest()!;
      const isRight = [epoch, seq].every((count) => Number.isSafeInteger(count) && count >= 0);
      return isRight && Number.isFinite(time) ? { epoch, seq, time } : undefined;
    } catch {
      return undefined;
    }
  }

  /** @throws {ReplicaError} when it does not end */
  async close(): Promise<void> {
    await this.#answer('close', () => this.#source.close(), this.#limits.storeTimeoutMs);
  }

  async *#entries(given: SourceSnapshot, { peers }: KeptState): AsyncGenerator<EntryBlock> {
    const { storeTimeoutMs } = this.#limits;
    const steps = look('entries', () => given.entries()[Symbol.asyncIterator]());
    let isOver = true;
    try {
      for (let left = peers; ;) {
        const step = await this.#answer('entries', () => steps.next(), storeTimeoutMs);
        const { done, value } = look('entries', () => step as IteratorResult<EntryBlock, unknown>);
        if (done === true) return;
        const { buffer, size } = look('entries', () => ({
          buffer: value.buffer,
          size: value.size,
        }));
        const fault = blockFault(buffer, size, left);
        if (fault !== undefined) throw noSnapshot(fault);
        left -= size;
        isOver = false;
        yield { buffer, size };
        isOver = true;
      }
    } finally {
      if (!isOver) await this.#leave(steps);
    }
  }

  async #leave(steps: AsyncIterator<unknown>): Promise<void> {
    const { storeTimeoutMs } = this.#limits;
    await this.#answer('return', () => steps.return?.(), storeTimeoutMs).catch(() => undefined);
  }

  async #answer(method: string, ask: () => unknown, limitMs?: number): Promise<unknown> {
    const answer = new Promise((resolve) => resolve(ask()));
    const late = (): Error =>
      new ReplicaError(
        'REPLICA_SOURCE',
        `the source's ${method}() has not answered within ${limitMs} ms`,
      );
    try {
      if (limitMs === undefined) return await answer;
      return await withDeadline(systemClock, answer, limitMs, late);
    } catch (cause) {
      throw failedSource(method, cause);
    }
  }
}

/** How long a source may take: `snapshot` as long as a store to open, all else as long as a store's call. */
export type SourceLimits = Pick<RegistryConfig, 'storeOpenTimeoutMs' | 'storeTimeoutMs'>;

/** Says that what a source gave to begin with is of no use. */
export const noSnapshot = (what: string, cause?: unknown): ReplicaError =>
  new ReplicaError(
    'REPLICA_SNAPSHOT',
    `what the source gave is no snapshot to go on from: ${what}; look at what is kept there`,
    { cause },
  );

function look<Answer>(method: string, read: () => Answer): Answer {
  try {
    return read();
  } catch (cause) {
    throw failedSource(method, cause);
  }
}

function failedSource(method: string, cause: unknown): ReplicaError {
  if (isA(cause, ReplicaError)) return cause;
  const message = `the source's ${method}() failed: ${messageWithCause(cause)}`;
  return new ReplicaError('REPLICA_SOURCE', message, { cause });
}
