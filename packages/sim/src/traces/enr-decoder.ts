import { describe, messageOf } from '@panoptes/core';
import { decodeEnodeUrl, isEnodeUrl } from './enode-url.js';
import { decodeNodeRecord, type NodeRecord } from './enr-record.js';
import { TraceError, type TracePosition } from './trace-error.js';

/**
 * Decodes the records of a trace, each text once as long as it is among the latest: in a churn trace
 * a node comes back with the same record again and again.
 */
export class EnrDecoder {
  readonly #latest = new Map<string, NodeRecord>();

  /**
   * @param at - where the entry is; errors add the field
   * @throws {TraceError} when the text is no record, or not the one that the trace says it is
   */
  decode(text: string, said: Said, at: TracePosition): NodeRecord {
    let record = this.#latest.get(text);
    if (record === undefined) {
      try {
        record = isEnodeUrl(text) ? decodeEnodeUrl(text) : decodeNodeRecord(text);
      } catch (error) {
        throw new TraceError(
          { ...at, field: fieldOf(at, 'record') },
          `expected an Ethereum node record or an enode URL, got ${describe(text)} (${messageOf(error)})`,
          { cause: error },
        );
      }
      if (this.#latest.size >= mostRecords) this.#latest.delete(this.#latest.keys().next().value!);
      this.#latest.set(text, record);
    }
    this.check(record, said, at);
    return record;
  }

  /** @throws {TraceError} when a record is another node's, or another version of it than was said */
  check(record: NodeRecord, said: Said, at: TracePosition): void {
    if (record.nodeId !== said.id) {
      throw new TraceError(
        { ...at, field: fieldOf(at, 'record') },
        `expected the record of node ${said.id}, got that of node ${record.nodeId}`,
      );
    }
    if (record.seq !== undefined && record.seq !== said.seq) {
      throw new TraceError(
        { ...at, field: fieldOf(at, 'seq') },
        `expected ${record.seq} as in the record, got ${said.seq}`,
      );
    }
  }
}

/** What a trace says of a node beside its record. */
interface Said {
  readonly id: string;
  readonly seq: number;
}

const mostRecords = 65_536;

const fieldOf = ({ field }: TracePosition, name: string): string =>
  field === undefined ? name : `${field}.${name}`;
