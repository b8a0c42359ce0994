import { Socket } from 'node:net';
import { LogReader } from '@panoptes/core/observer';
import type { Fault } from '../fault.js';
import { isObserversProcess } from '../unasked-messages.js';

/** Wrong reports of an observer's own state. */
export const lieFaults: Readonly<Record<string, Fault>> = {
  'lies-about-cursor': {
    family: 'lying',
    about: 'claims to have been overtaken, then to be a million transactions ahead of the log',
    place: 'events',
    detectedAs: ['nothing'],
    detectedInProcess: ['protocol'],
    strike: () => (isObserversProcess() ? lieInFrames() : lieAboutCursor()),
  },
};

/** Transactions by which it claims to be ahead of the log. */
const ahead = 1_000_000;
/** A run's length is in bytes, a position in units. */
const unitBytes = 8;

/* Of docs/PROCESS-PROTOCOL.md: frames that are as small as these are written whole, one behind the other. */
const headerBytes = 12;
const kindAt = 8;
const handledKind = 36;

/** Makes this process say of what it has handled that it was a million transactions more. */
function lieInFrames(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its pipe below
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, bytes: Uint8Array | string, ...rest: []) {
    if (typeof bytes !== 'string')
      exaggerate(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    return write.call(this, bytes, ...rest);
  };
}

function exaggerate(frames: Buffer): void {
  for (let at = 0; at + headerBytes <= frames.length;) {
    const payload = at + headerBytes;
    const end = payload + frames.readUInt32LE(at);
    if (frames.readUInt16LE(at + kindAt) === handledKind && end <= frames.length) {
      frames.writeDoubleLE(frames.readDoubleLE(payload) + ahead, payload);
    }
    at = end;
  }
}

/**
 * Makes the readers of this thread report a cursor far beyond the last transaction. They say first
 * that they were overtaken: the place they are given then is the one from which they go on reading
 * in secret, or they would fail because of what they report.
 */
function lieAboutCursor(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- each is called with its reader below
  const { advance, read, seek } = LogReader.prototype;
  let position: number | undefined;
  /** What it says is so much above what it has read. */
  let lie = 0;
  const say = (reader: LogReader, more: number): void => {
    const seq = reader.lastSeq - lie + more;
    lie = more;
    seek.call(reader, { position: position!, seq });
  };
  LogReader.prototype.seek = function (this: LogReader, from) {
    ({ position } = from);
    lie = 0;
    seek.call(this, from);
  };
  LogReader.prototype.read = function (this: LogReader) {
    if (position === undefined) return 'lapped';
    say(this, 0);
    const found = read.call(this);
    if (found === 'events') position += this.run.length / unitBytes;
    if (found === 'empty') say(this, ahead);
    return found;
  };
  LogReader.prototype.advance = function (this: LogReader) {
    advance.call(this);
    if (position !== undefined) say(this, ahead);
  };
}
