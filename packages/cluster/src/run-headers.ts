import { type MsgHdrs, headers } from '@nats-io/transport-node';

/*
 * The messages of a registry's stream, by their headers:
 *
 * ```
 *              an epoch begins        a run, or a part of one
 *   data       none                   the run format (core's run-format.ts), or a piece of its bytes
 *   Panoptes   1                      1            the version of this format
 *   -Id        UUID                   UUID         of the registry
 *   -Epoch     e                      e
 *   -Last      the last seq before    the run's last seq
 *   -First                            the run's first seq
 *   -Part                             1/1, or as in 2/3: a transaction may be larger than a message
 *   -Member    who begins it
 *   -Fields    `fieldsHash`
 * ```
 *
 * Each message is appended with the expectation that the stream's last message is the one before it. So a
 * member that has begun an epoch is the only one that can append, until another begins the next.
 */

/** What the headers of a message say. */
export type StreamMessage = EpochMessage | RunMessage;

/** An epoch begins: whoever sends it writes from here on. */
export interface EpochMessage extends MessageOrigin {
  readonly kind: 'epoch';
  readonly member: string;
  /** Of the entries that it will write. */
  readonly fields: string;
}

/** A run, or a part of one. */
export interface RunMessage extends MessageOrigin {
  readonly kind: 'run';
  readonly firstSeq: number;
  /** From 1 on, */
  readonly part: number;
  /** of so many. */
  readonly parts: number;
}

/** Whose a message is. */
interface MessageOrigin {
  readonly id: string;
  readonly epoch: number;
  /** Of the run; where an epoch begins, of all before it. */
  readonly lastSeq: number;
}

/** The headers of a message. */
export function headersOf(message: StreamMessage): MsgHdrs {
  const made = headers();
  made.set(Name.version, version);
  made.set(Name.id, message.id);
  made.set(Name.epoch, `${message.epoch}`);
  made.set(Name.last, `${message.lastSeq}`);
  if (message.kind === 'epoch') {
    made.set(Name.member, message.member);
    made.set(Name.fields, message.fields);
  } else {
    made.set(Name.first, `${message.firstSeq}`);
    made.set(Name.part, `${message.part}/${message.parts}`);
  }
  return made;
}

/** What a message says, or `undefined` when it is none of this version. */
export function messageOf(given: MsgHdrs | undefined): StreamMessage | undefined {
  if (given?.get(Name.version) !== version) return undefined;
  const id = given.get(Name.id);
  const epoch = count(given.get(Name.epoch));
  const lastSeq = count(given.get(Name.last));
  if (!uuid.test(id) || !(epoch >= 1) || !(lastSeq >= 0)) return undefined;
  const origin = { id, epoch, lastSeq };
  const member = given.get(Name.member);
  if (member !== '') {
    const fields = given.get(Name.fields);
    return fields === '' ? undefined : { kind: 'epoch', ...origin, member, fields };
  }
  const firstSeq = count(given.get(Name.first));
  const [part = NaN, parts = NaN] = given.get(Name.part).split('/').map(count);
  const isRun = firstSeq >= 1 && firstSeq <= lastSeq && part >= 1 && part <= parts;
  return isRun ? { kind: 'run', ...origin, firstSeq, part, parts } : undefined;
}

/** By which a message is appended behind another alone. */
export const expectedLastSequence = 'Nats-Expected-Last-Sequence';

const Name = {
  version: 'Panoptes',
  id: 'Panoptes-Id',
  epoch: 'Panoptes-Epoch',
  last: 'Panoptes-Last',
  first: 'Panoptes-First',
  part: 'Panoptes-Part',
  member: 'Panoptes-Member',
  fields: 'Panoptes-Fields',
} as const;
const version = '1';
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** A whole number in decimal digits; NaN for anything else. */
const count = (text: string): number =>
  /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : NaN;
