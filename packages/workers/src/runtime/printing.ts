import { Readable, Writable } from 'node:stream';
import { format, types } from 'node:util';
import type { OutputRing } from '@panoptes/core/observer';

/**
 * Has everything that is printed on this thread go to a ring, where it is read when there is time. The
 * runtime's own streams would have it delivered on the main thread piece by piece, and they hold the
 * port on which that happens; so they are replaced, not wrapped.
 */
export function printTo(ring: OutputRing): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const print = (chunk: unknown): void => {
      const text = textOf(chunk);
      // The runtime itself writes empty texts at times, as after a child that printed nothing.
      if (text !== '') ring.write(name, text);
    };
    const stream = new Writable({
      write(chunk, _encoding, done) {
        print(chunk);
        done();
      },
    });
    // At once: put off, a loop that prints would pile them up.
    const write: Write = (chunk, encodingOrDone, done) => {
      print(chunk);
      const written = typeof encodingOrDone === 'function' ? encodingOrDone : done;
      if (typeof written === 'function') (written as (error: null) => void)(null);
      return true;
    };
    stream.write = write;
    // `console` looks the streams up when it prints first.
    Object.defineProperty(process, name, { value: stream, configurable: true, enumerable: true });
  }
  const nothing = Readable.from([]);
  Object.defineProperty(process, 'stdin', { value: nothing, configurable: true, enumerable: true });
  const raw = (...values: unknown[]): void => ring.write('stderr', `${format(...values)}\n`);
  Object.assign(process, { _rawDebug: raw });
}

/** The parts of a writable stream's `write` that its callers use. */
type Write = (chunk: unknown, encodingOrDone?: unknown, done?: unknown) => boolean;

const textOf = (chunk: unknown): string =>
  types.isUint8Array(chunk) ? Buffer.from(chunk).toString() : String(chunk);
