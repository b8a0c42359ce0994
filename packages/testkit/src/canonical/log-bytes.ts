import {
  entryStamp,
  type PeerChange,
  type PeerUpdated,
  type RegistryEvent,
} from '@panoptes/core/observer';
import { entryLeaves } from './entry-leaves.js';
import { withoutGroupMembers } from './peer-diff.js';

/**
 * What a digest of the log is made of: of every event in order all that makes it what it is. Of an
 * addition that is the entry's stamp, of an update what changed, before and after, of a removal the peer
 * and why: what its entry was follows from the events before. Equal logs give equal bytes, however their
 * events are represented in memory, and in all likelihood only those.
 */
export class LogBytes {
  readonly #bytes = Buffer.alloc(bytesAtATime);
  readonly #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, bytesAtATime);
  #length = 0;

  /** @param take - called with the next bytes, which are written over when it has returned */
  constructor(private readonly take: (bytes: Uint8Array) => void) {}

  add(event: RegistryEvent): void {
    this.#putNumber(event.seq);
    if (event.kind !== 'BatchUpdate') return this.#putChange(event);
    this.#putNumber(marks.batch);
    this.#putNumber(event.changes.length);
    for (const change of event.changes) this.#putChange(change);
  }

  /** Hands on what has been gathered. */
  flush(): void {
    if (this.#length > 0) this.take(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  #putChange(change: PeerChange): void {
    switch (change.kind) {
      case 'PeerAdded':
        this.#putNumber(entryStamp(change.entry));
        break;
      case 'PeerUpdated':
        this.#putNumber(marks.updated);
        this.#putText(change.nodeId);
        this.#putUpdate(change);
        break;
      case 'PeerRemoved':
        this.#putNumber(marks[change.reason]);
        this.#putText(change.nodeId);
    }
  }

  #putUpdate({ changed, old, entry }: PeerUpdated): void {
    const places: number[] = [];
    for (const path of withoutGroupMembers(changed)) places.push(placeOf.get(path) ?? nowhere);
    places.sort(ascending);
    for (const place of places) {
      this.#putNumber(place);
      const leaf = entryLeaves[place];
      // With an optional group come and go all its fields.
      if (leaf === undefined || groups.has(leaf.path)) {
        this.#putNumber(entryStamp(old));
        this.#putNumber(entryStamp(entry));
        continue;
      }
      for (const side of [old, entry]) {
        const value = leaf.value(side);
        if (typeof value === 'number') this.#putNumber(value);
        else this.#putText(leaf.text(value));
      }
    }
  }

  #putNumber(number: number): void {
    if (this.#length + 8 > bytesAtATime) this.flush();
    this.#view.setFloat64(this.#length, number + 0, true); // -0 and 0 are one value
    this.#length += 8;
  }

  /** Its length goes before it, so that no two ways to cut a text look alike. */
  #putText(text: string): void {
    this.#putNumber(marks.text - text.length);
    if (3 * text.length > longestText) {
      this.flush();
      this.take(Buffer.from(text));
      return;
    }
    if (this.#length + longestText > bytesAtATime) this.flush();
    this.#length += this.#bytes.write(text, this.#length);
  }
}

/** Where a change is no addition, what it is stands first; stamps are not below 0. */
const marks = {
  updated: -1,
  requested: -2,
  expired: -3,
  evicted: -4,
  batch: -5,
  text: -6,
} as const;

const placeOf = new Map<string, number>(entryLeaves.map(({ path }, place) => [path, place]));
const groups = new Set(entryLeaves.map(({ group }) => group));
/** Of a path that no field has. */
const nowhere = entryLeaves.length;
const ascending = (a: number, b: number): number => a - b;

/** Bytes are handed on so many at a time. */
const bytesAtATime = 16_384;
/** Longer texts, in bytes, do not go through the buffer. */
const longestText = 4_096;
