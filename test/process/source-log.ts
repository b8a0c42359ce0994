import { randomUUID } from 'node:crypto';
import { EncodedRun } from '../../packages/core/src/log/encoded-run.js';
import { LogReader } from '../../packages/core/src/log/log-reader.js';
import { writeOutcome } from '../../packages/core/src/log/outcome-record.js';
import { encodeRun } from '../../packages/core/src/log/run-format.js';
import { entryMemory } from '../../packages/core/src/peers/entry-layout.js';
import { entryLength } from '../../packages/core/src/peers/entry-reader.js';
import { OpenRegistry } from '../../packages/core/src/registry/open-registry.fixture.js';
import { DataKind, maxPieceBytes } from '../../packages/workers/src/process/frames.js';
import { type DrivenChild, numbers } from './driven-child.js';

const origin = { id: randomUUID(), epoch: 1 };

/** A registry whose log goes to a process, run after run. */
export class SourceLog {
  readonly registry = new OpenRegistry({ log: { logBytes: 2 ** 22 } });
  readonly #reader: LogReader;

  constructor() {
    const { memory, writer } = this.registry.changeLog;
    this.#reader = new LogReader(memory, { from: writer.checkpoint() });
  }

  /** What has been committed since the last call, in the run format. */
  runs(): Buffer[] {
    const runs: Buffer[] = [];
    while (this.#reader.read() === 'events')
      runs.push(new EncodedRun(this.#reader.run, origin).bytes);
    return runs;
  }

  /** The same, of a log of proposals; an outcome says which of those before were not committed. */
  proposals(aborted?: readonly number[]): Buffer {
    const { writer } = this.registry.changeLog;
    if (aborted !== undefined) writeOutcome(writer, writer.lastSeq + 1, aborted);
    writer.publish();
    this.#reader.read();
    return encodeRun(this.#reader.run, origin);
  }

  /** Has an observer load a snapshot, in pieces; the log goes on behind it. */
  async load(
    child: DrivenChild,
    channel: number,
    pieceBytes = maxPieceBytes,
  ): Promise<Float64Array> {
    this.runs();
    const { data } = await this.registry.snapshotTaker.take(() => true);
    const memory = entryMemory(data.buffer);
    let bytes = 0;
    for (let entry = 0; entry < data.size; entry++) bytes += entryLength(memory, bytes);
    const { seq, time } = data.point;
    child.send(channel, DataKind.snapshot, numbers(seq, time, data.size, bytes));
    for (let at = 0; at < bytes; at += pieceBytes) {
      const piece = memory.u8.subarray(at, Math.min(at + pieceBytes, bytes));
      child.send(channel, DataKind.entries, piece);
    }
    return child.handled(channel);
  }
}
