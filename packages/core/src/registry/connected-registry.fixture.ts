import type { RegistryOptions } from '../config.js';
import { CallerMemory } from '../log/caller-memory.js';
import { nextTurn } from '../turns.js';
import type { CallerEnding } from './caller-ending.js';
import { CallerSender } from './caller-sender.js';
import { ManualClock } from './manual-clock.fixture.js';
import { OpenRegistry } from './open-registry.fixture.js';
import { type ConnectOptions, RegistryConnection, connectSettings } from './registry-connection.js';

/** A registry, and connections to it from its own thread. */
export class ConnectedRegistry extends OpenRegistry {
  /** Opens the way for a caller, and connects it. */
  connect(options: ConnectOptions & { readonly capacityBytes?: number } = {}): Connected {
    const { capacityBytes = 2 ** 18, ...rest } = options;
    const { whenFull, maxOutstanding } = connectSettings(rest);
    const endings: CallerEnding[] = [];
    const opened = this.callers.open(capacityBytes, (ending) => {
      endings.push(ending);
      // As a port would bring it: later, and as plain data.
      void nextTurn().then(() => sender.end(structuredClone(ending)));
    });
    const sender = new CallerSender(opened.buffer, maxOutstanding, () => undefined);
    const connection = new RegistryConnection(sender, {
      whenFull,
      maxBatchChanges: opened.maxBatchChanges,
      hangUp: () => opened.line.leave(),
    });
    return {
      connection,
      sender,
      endings,
      line: opened.line,
      memory: new CallerMemory(opened.buffer),
    };
  }

  /** Opens the way for a caller that writes what it likes. */
  openRaw(): RawLine {
    const endings: CallerEnding[] = [];
    const { buffer, line } = this.callers.open(2 ** 18, (ending) => endings.push(ending));
    return { memory: new CallerMemory(buffer), bytes: Buffer.from(buffer as never), endings, line };
  }

  /** How many callers there are. */
  get connections(): number {
    return this.callers.size;
  }
}

/** The way for a caller that writes what it likes. */
export interface RawLine {
  readonly memory: CallerMemory;
  /** All of the memory. */
  readonly bytes: Buffer;
  readonly endings: readonly CallerEnding[];
  readonly line: { leave(): void };
}

/** One end of a connection and the other. */
export interface Connected {
  readonly connection: RegistryConnection;
  readonly sender: CallerSender;
  readonly endings: readonly CallerEnding[];
  readonly line: { leave(): void };
  readonly memory: CallerMemory;
}

export const connectedRegistry = (
  options: RegistryOptions = {},
  time = new ManualClock(),
): ConnectedRegistry => new ConnectedRegistry({ log: { logBytes: 2 ** 20 }, ...options }, time);
