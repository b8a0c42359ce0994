import { type Cancel, type Clock, errorOf, inNextTurn, systemClock } from '@panoptes/core/observer';
import { FRAME_HEADER_BYTES } from '../frames.js';
import { type FrameHandlers, FrameReader } from '../frame-reader.js';

/**
 * Reads what a process sends. One that sends what it may not has broken the protocol, and so has one that
 * begins a frame and does not go on with it: nothing else can come from it then.
 */
export class ChildReader {
  readonly #frames: FrameReader;
  readonly #deps: ChildReaderDeps;
  readonly #clock: Clock;
  /** Bytes of a frame that has not come whole. */
  #open = 0;
  #cameAt = 0;
  #cancel: Cancel | undefined;
  #isClosed = false;

  constructor(deps: ChildReaderDeps, clock: Clock = systemClock) {
    this.#deps = deps;
    this.#clock = clock;
    this.#frames = new FrameReader({
      maxBytes: (kind, channel) => deps.maxBytes(kind, channel),
      receive: (kind, channel, payload) => {
        this.#open -= FRAME_HEADER_BYTES + payload.length;
        deps.receive(kind, channel, payload);
      },
    });
  }

  read(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#open += bytes.length;
    this.#cameAt = this.#clock.monotonic();
    try {
      this.#frames.read(bytes);
    } catch (error) {
      return this.#break(errorOf(error).message);
    }
    // One timer at a time, however often a frame is in parts.
    if (this.#open > 0) this.#cancel ??= this.#look(this.#deps.stallMs);
  }

  /** Reads nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#frames.close();
    this.#cancel?.();
  }

  #look(afterMs: number): Cancel {
    const look = (): void => {
      this.#cancel = undefined;
      const { stallMs } = this.#deps;
      const cameAt = this.#cameAt;
      const leftMs = cameAt + stallMs - this.#clock.monotonic();
      if (this.#open === 0) return;
      if (leftMs > 0) this.#cancel = this.#look(leftMs);
      // This thread may have slept as long: what came meanwhile is read first.
      else inNextTurn(() => cameAt === this.#cameAt && this.#stall());
    };
    return this.#clock.after(afterMs, look, { background: true });
  }

  #stall(): void {
    const { stallMs } = this.#deps;
    this.#break(`${this.#open} bytes of a frame, and no more for ${stallMs} ms (hangTimeoutMs)`);
  }

  #break(message: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#deps.broken(`its process sent what none may: ${message}`);
  }
}

/** What reading depends on. */
export interface ChildReaderDeps extends FrameHandlers {
  /** How long nothing may come in the middle of a frame, in milliseconds. */
  readonly stallMs: number;
  /** Called once, with what is to be said; nothing is read after that. */
  readonly broken: (message: string) => void;
}
