import { maxEntryBytes } from '../peers/entry-layout.js';
import { mostTextLength } from '../peers/unit-stream.js';

/*
 * What a caller on another thread and the registry send each other, as bodies of the records of two rings.
 *
 *   upsert, replace   the entry
 *   remove, get       the node id, a text
 *   update            target and form of the change, words; the target, a text; then the change
 *   batch             how many steps it has; they came before it, as the commands that they are
 *   updateOrInsert    as of an update; the peer came before it, as the one step that there is
 *   cleanup           nothing
 *
 *   unchanged, added, updated, removed     the seq, a number
 *   batched                                the seq, added, updated, removed, evicted and what it did, numbers
 *   found             the entry; none when there is no such peer
 *   refused           the length of the error, a word, and the error
 */

/** The kinds of what a caller sends. A step of a batch is of the kind of the command that it is, and `step`. */
export const CommandKind = Object.freeze({
  upsert: 1,
  /** An upsert that may change the identity. */
  replace: 2,
  remove: 3,
  update: 4,
  batch: 5,
  get: 6,
  updateOrInsert: 7,
  cleanup: 8,
  step: 128,
} as const);

/** The kinds of what comes back. */
export const ResultKind = Object.freeze({
  unchanged: 1,
  added: 2,
  updated: 3,
  removed: 4,
  batched: 5,
  found: 6,
  refused: 7,
} as const);

/** How an update finds its peer, by place. */
export const targetNames = ['nodeId', 'publicKey', 'did'] as const;

/** In what form a change crosses, by place: as numbers, as fields, or as why it is refused. */
export const changeForms = ['numbers', 'fields', 'refused'] as const;

/** What a batch did, by place. */
export const batchChanges = ['unchanged', 'committed'] as const;

/** Longest body of what a caller sends but for entries: an update with three texts at most and an entry. */
export const mostCommandBytes = 3 * (2 * mostTextLength + 16) + maxEntryBytes + 1_024;
/** Longest body of a result, which is an entry or an error. */
export const mostResultBytes = maxEntryBytes;
