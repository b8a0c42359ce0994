import { tiers } from '@panoptes/core';
import type { EntryMark, HistoryRecord, SeenChange } from '../checkers/history.js';
import { RecordedLogError } from './recorded-log-error.js';
import {
  AUTHENTICATED,
  changeKinds,
  discoveryMethods,
  FOREIGN_SEQ,
  METHOD_SHIFT,
  QUANTUM_SECURE,
  mostTextBytes,
  REASON_SHIFT,
  recordKinds,
  removalReasons,
  stampBytes,
} from './recorded-log-layout.js';

/** Reads the records of one block's payload. Nothing in it is trusted. */
export class RecordDecoder {
  #at = 0;
  #field = '';
  readonly #names: string[] = [];

  /**
   * @param file - for errors
   * @param offset - of the payload in the file
   */
  constructor(
    private readonly bytes: Buffer,
    private readonly file: string,
    private readonly offset: number,
  ) {}

  /** @throws {RecordedLogError} at the first field that is not as it should be */
  *records(): Generator<HistoryRecord> {
    while (this.#at < this.bytes.length) yield this.#record();
  }

  #record(): HistoryRecord {
    const kind = this.#word('kind', recordKinds);
    switch (kind) {
      case 'start':
      case 'snapshot-end':
      case 'end':
      case 'revival':
        return { kind };
      case 'snapshot':
        return { kind, seq: this.#number('snapshot.seq'), size: this.#number('snapshot.size') };
      case 'peer':
        return { kind, nodeId: this.#name('peer.nodeId'), now: this.#mark('peer.now') };
      case 'event': {
        const seq = this.#number('event.seq');
        const head = this.#number('event.changes');
        const count = Math.floor(head / 2);
        // Each takes more than one byte: a count beyond the payload must not be made room for.
        if (count > this.bytes.length - this.#at) this.#fail(`fewer changes than ${count}`);
        const changes = Array.from({ length: count }, () => this.#change(seq));
        return { kind, seq, isBatch: head % 2 === 1, changes };
      }
      case 'progress':
        return { kind, seq: this.#number('progress.seq') };
      case 'resume':
        return { kind, seq: this.#number('resume.seq') };
      case 'digest':
        return { kind, digest: this.#text('digest') };
    }
  }

  #change(eventSeq: number): SeenChange {
    const head = this.#byte('change.kind');
    const kind = changeKinds[head & ((1 << REASON_SHIFT) - 1)];
    const reason = removalReasons[(head & (FOREIGN_SEQ - 1)) >> REASON_SHIFT];
    if (kind === undefined || reason === undefined || head >= 2 * FOREIGN_SEQ) {
      this.#fail(`a kind of change, got ${head}`);
    }
    const seq = (head & FOREIGN_SEQ) === 0 ? eventSeq : this.#number('change.seq');
    const nodeId = this.#name('change.nodeId');
    switch (kind) {
      case 'PeerAdded':
        return { kind, seq, nodeId, now: this.#mark('change.now') };
      case 'PeerUpdated':
        return {
          kind,
          seq,
          nodeId,
          old: this.#mark('change.old'),
          now: this.#mark('change.now'),
        };
      case 'PeerRemoved':
        return { kind, seq, nodeId, old: this.#mark('change.old'), reason };
    }
  }

  #name(field: string): string {
    const number = this.#number(field);
    if (number > this.#names.length) {
      this.#fail(`the number of a name up to ${this.#names.length}, got ${number}`);
    }
    if (number === this.#names.length) this.#names.push(this.#text(field));
    return this.#names[number]!;
  }

  #text(field: string): string {
    const head = this.#number(field);
    const length = Math.floor(head / 2);
    if (length > mostTextBytes) this.#fail(`at most ${mostTextBytes} bytes of text, got ${length}`);
    return this.#take(length).toString(head % 2 === 1 ? 'hex' : 'utf8');
  }

  #mark(field: string): EntryMark {
    this.#field = field;
    const stamp = this.#take(stampBytes).readUIntLE(0, stampBytes);
    const traits = this.#byte(`${field}.traits`);
    const tier = tiers[traits & ((1 << METHOD_SHIFT) - 1)];
    const discoveryMethod = discoveryMethods[(traits & (AUTHENTICATED - 1)) >> METHOD_SHIFT];
    if (tier === undefined || discoveryMethod === undefined) {
      this.#fail(`a tier and a way of discovery, got ${traits}`);
    }
    return {
      stamp,
      tier,
      discoveryMethod,
      authenticated: (traits & AUTHENTICATED) !== 0,
      quantumSecure: (traits & QUANTUM_SECURE) !== 0,
    };
  }

  #word<T>(field: string, words: readonly T[]): T {
    const number = this.#byte(field);
    return words[number] ?? this.#fail(`a number below ${words.length}, got ${number}`);
  }

  #number(field: string): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.#byte(field);
      value += (byte % 0x80) * scale;
      if (byte < 0x80 && Number.isSafeInteger(value)) return value;
    }
    return this.#fail('a whole number below 2^53, got a larger one');
  }

  #byte(field: string): number {
    this.#field = field;
    return this.#take(1)[0]!;
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.bytes.length) this.#fail('it to lie within its block, which ends here');
    const bytes = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  #fail(expected: string): never {
    const { file, offset } = this;
    throw new RecordedLogError(
      { file, offset: offset + this.#at, field: this.#field },
      `expected ${expected}`,
    );
  }
}
