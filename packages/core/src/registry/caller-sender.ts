import { systemClock } from '../clock.js';
import { ConnectionBrokenError } from '../connection-errors.js';
import { errorOf, messageOf } from '../error-of.js';
import type { PanoptesError } from '../errors.js';
import { RegistryOverloadedError } from '../errors.js';
import { maxTurnMs } from '../limits.js';
import { type CallerBuffer, CallerMemory } from '../log/caller-memory.js';
import { RecordWriter } from '../log/record-ring.js';
import { type EntryMemory, copyWords, entryMemory } from '../peers/entry-layout.js';
import { inMicrotask, nextTurn } from '../turns.js';
import { type CallerEnding, reasonOf } from './caller-ending.js';
import { CallerOutcomes, type Waiter } from './caller-outcomes.js';
import { unpackedError } from '../error-copy.js';
import type { WhenFull } from './command-queue.js';

/**
 * A caller's end of the way to the registry on another thread: puts commands into the shared memory, and
 * tells those who wait what came of them. All commands that are sent in one go cross together.
 */
export class CallerSender {
  readonly #memory: CallerMemory;
  readonly #commands: RecordWriter;
  readonly #outcomes: CallerOutcomes;
  readonly #maxOutstanding: number;
  readonly #busy: (isBusy: boolean) => void;
  /** Commands for which there was no room, in order. */
  #overflow: Overflown[] = [];
  #closed: PanoptesError | undefined;
  readonly #listeners = new Set<(reason: PanoptesError) => void>();
  /** Those that wait for room, or for the last outcome. */
  readonly #watchers = new Set<() => void>();
  #isListening = false;
  #isPublishScheduled = false;
  #unpublished = 0;
  readonly #publishLate = (): void => {
    this.#isPublishScheduled = false;
    this.#publish();
  };

  /** @param busy - told whether anyone waits: this thread's event loop is to go on as long as that is so */
  constructor(buffer: CallerBuffer, maxOutstanding: number, busy: (isBusy: boolean) => void) {
    this.#memory = new CallerMemory(buffer);
    this.#commands = new RecordWriter(this.#memory.commands);
    this.#outcomes = new CallerOutcomes(this.#memory.results);
    this.#maxOutstanding = maxOutstanding;
    this.#busy = busy;
  }

  /** Why every command is refused, if it is. */
  get closed(): PanoptesError | undefined {
    return this.#closed;
  }

  /** How many commands wait for their outcome. */
  get outstanding(): number {
    return this.#outcomes.size;
  }

  /** Why one more command cannot be sent, if it cannot. */
  refusal(whenFull: WhenFull): PanoptesError | undefined {
    if (this.#closed !== undefined) return this.#closed;
    const { outstanding } = this;
    const most = whenFull === 'wait' ? 2 * this.#maxOutstanding : this.#maxOutstanding;
    if (outstanding >= most) {
      return new RegistryOverloadedError(
        `${outstanding} commands of this connection wait already (maxOutstanding: ` +
          `${this.#maxOutstanding}); await earlier ones before sending more, or raise maxOutstanding`,
      );
    }
    if (whenFull === 'wait' || this.#overflow.length === 0) return undefined;
    return new RegistryOverloadedError(
      `the memory of this connection is full of commands (${outstanding} wait); await earlier ones ` +
        `before sending more, or raise the port's capacityBytes`,
    );
  }

  /** Notes that someone waits for a command that is sent next. Returns its number. */
  expect(waiter: Waiter): number {
    return this.#outcomes.add(waiter);
  }

  /** Sends a record. What finds no room waits for it in this thread's own memory. */
  send(kind: number, id: number, memory: EntryMemory, bytes: number): void {
    try {
      if (this.#overflow.length > 0 || !this.#write(kind, id, memory, bytes)) {
        const kept = entryMemory(new ArrayBuffer(bytes));
        copyWords(memory, 0, kept, 0, bytes);
        this.#overflow.push({ kind, id, memory: kept, bytes });
      }
    } catch (error) {
      return this.#break(error);
    }
    this.#beBusy();
  }

  /** Resolves when outcomes have come. */
  moved(): Promise<void> {
    return new Promise((resolve) => this.#watchers.add(resolve));
  }

  /** Resolves when nobody waits any longer. */
  async settled(): Promise<void> {
    while (this.outstanding > 0) await this.moved();
  }

  /** Refuses every further command. The first reason stays. */
  close(reason: PanoptesError): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    for (const listener of [...this.#listeners]) listener(reason);
  }

  /** Calls a listener when no more commands are taken. Returns what makes that undone. */
  whenClosed(listener: (reason: PanoptesError) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The registry has closed its end, and nobody will be told anything more through the memory. */
  end(ending: CallerEnding): void {
    this.#takeOutcomes();
    for (const outcome of ending.outcomes) {
      const waiter = this.#outcomes.remove(outcome.id);
      if ('result' in outcome) waiter?.resolve(outcome.result);
      else waiter?.reject(unpackedError(outcome.refusal));
    }
    this.fail(reasonOf(ending));
  }

  /** There is nobody at the other end: whoever waits is told so. */
  fail(reason: PanoptesError): void {
    this.close(reason);
    this.#overflow = [];
    this.#outcomes.rejectAll(reason);
    this.#tellWatchers();
    // A wait that is never ended would keep the memory for ever.
    this.#memory.callerBell.ring();
  }

  #write(kind: number, id: number, memory: EntryMemory, bytes: number): boolean {
    const at = this.#commands.place(bytes);
    if (at < 0) return false;
    copyWords(memory, 0, this.#memory.commands.memory, at, bytes);
    this.#commands.write(kind, id, bytes);
    this.#unpublished += bytes;
    if (this.#unpublished > groupBytes) {
      // So much is worth beginning with.
      this.#publish();
    } else if (!this.#isPublishScheduled) {
      this.#isPublishScheduled = true;
      inMicrotask(this.#publishLate);
    }
    return true;
  }

  #publish(): void {
    this.#unpublished = 0;
    if (this.#commands.publish()) this.#memory.registryBell.ring();
  }

  #beBusy(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#busy(true);
    void this.#listen();
  }

  /** Takes outcomes as they come, until nobody waits. */
  async #listen(): Promise<void> {
    const bell = this.#memory.callerBell;
    let turnEnds = systemClock.monotonic() + maxTurnMs;
    for (;;) {
      const { rings } = bell;
      this.#takeOutcomes();
      this.#sendOverflow();
      if (this.outstanding === 0) {
        // Who awaited the last one may send the next one just now.
        await nextTurn();
        if (this.outstanding === 0) break;
        continue;
      }
      const rung = bell.wait(rings);
      if (rung !== undefined) {
        await rung;
        turnEnds = systemClock.monotonic() + maxTurnMs;
      } else if (systemClock.monotonic() > turnEnds) {
        await nextTurn();
        turnEnds = systemClock.monotonic() + maxTurnMs;
      }
    }
    this.#isListening = false;
    this.#busy(false);
  }

  #takeOutcomes(): void {
    try {
      const before = this.outstanding;
      if (this.#outcomes.take()) this.#memory.registryBell.ring();
      if (this.outstanding < before) this.#tellWatchers();
    } catch (error) {
      this.#break(error);
    }
  }

  #sendOverflow(): void {
    if (this.#overflow.length === 0) return;
    try {
      const waiting = this.#overflow;
      const left = waiting.findIndex(
        ({ kind, id, memory, bytes }) => !this.#write(kind, id, memory, bytes),
      );
      this.#overflow = left < 0 ? [] : waiting.slice(left);
    } catch (error) {
      this.#break(error);
    }
  }

  #tellWatchers(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }

  /** Other code of this thread has written into the memory. */
  #break(error: unknown): void {
    const what = `the memory of this connection is not what it was: ${messageOf(error)}`;
    this.fail(new ConnectionBrokenError(what, { cause: errorOf(error) }));
  }
}

/** A command for which there was no room. */
interface Overflown {
  readonly kind: number;
  readonly id: number;
  readonly memory: EntryMemory;
  readonly bytes: number;
}

/** Bytes of commands that cross without waiting for what else is sent in the same go. */
const groupBytes = 32_768;
