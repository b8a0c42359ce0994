import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { FrameReader } from '../frame-reader.js';

/** A pipe from which frames are read, the rest of a large payload right to where it stays. */
export function framePipe(fd: number, { limits, receive, failed, ended }: FramePipeTerms): Socket {
  const reader = new FrameReader({ maxBytes: (kind) => limits.get(kind), receive });
  const heads = Buffer.alloc(headBytes);
  const options: SocketConstructorOpts & ConnectOpts = {
    ...{ fd, readable: true, writable: true },
    // Without it there is new memory for each read, however few bytes that brings.
    onread: {
      buffer: () => reader.room ?? heads,
      callback(count, bytes) {
        try {
          if (bytes === heads) reader.read(heads.subarray(0, count));
          else reader.filled(count);
        } catch (error) {
          failed(error);
        }
        return true;
      },
    },
  };
  const pipe = new Socket(options);
  pipe.on('end', ended);
  pipe.on('error', ended);
  return pipe;
}

/** What is read from a pipe, and who is told. */
export interface FramePipeTerms {
  /** Longest payload of each kind, in bytes. Others may not come. */
  readonly limits: ReadonlyMap<number, number>;
  /** Gets each frame, as a `FrameReader` hands it on. */
  readonly receive: (kind: number, channel: number, payload: Buffer) => void;
  /** Something came that makes no sense. */
  readonly failed: (error: unknown) => void;
  /** The pipe is at its end, or broken. */
  readonly ended: () => void;
}

/** Read at once of what is not known yet: headers, small frames and where a large one begins. */
const headBytes = 4 * 1024;
