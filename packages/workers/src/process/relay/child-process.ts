import { type ChildProcess as Spawned, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Duplex } from 'node:stream';
import { type Cancel, type OutputLine, errorOf, systemClock } from '@panoptes/core/observer';
import { type CallKind, type DataKind, ReplyKind, encodeFrame } from '../frames.js';
import type { Hello } from '../process-messages.js';
import type { ProcessTerms } from '../process-terms.js';
import type { ChildCommand } from './child-command.js';
import { ChildErrors } from './child-errors.js';
import { ChildOutput } from './child-output.js';
import { ChildReader } from './child-reader.js';
import { readHello } from './child-hello.js';
import { writeFrame } from './frame-writer.js';
import type { OrphanGuard } from './orphan-guard.js';
import type { ProcessChannel } from './process-channel.js';
import { type ProcessUse, processUse } from './process-figures.js';
import type { ProcessEnd } from './relay-request.js';
import { ResidentLimit } from './resident-limit.js';

/**
 * A process in which observers run, from its start until nothing is left of it: what goes to it and what
 * comes from it, by channels, and what is seen of it from outside. Nothing that comes is believed.
 */
export class ChildProcess {
  /** What it says of itself first. Pending when it ends before: who waits hears of that end. */
  readonly hello: Promise<Hello>;
  /** Resolves when it has ended and was reaped, and all that it had sent was read. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly #terms: ProcessTerms;
  readonly #guard: OrphanGuard;
  readonly #channels = new Map<number, ProcessChannel>();
  /** Channels of observers that have left it. */
  readonly #gone = new Set<number>();
  readonly #startedAt = systemClock.monotonic();
  readonly #reader: ChildReader;
  #spawned: Spawned | undefined;
  #output: readonly ChildOutput[] = [];
  readonly #memory: ResidentLimit;
  readonly #errors = new ChildErrors((text) => this.#print('stderr', text));
  #greet!: (hello: Hello) => void;
  #isGreeted = false;
  /** Why it is ended from here. */
  #doom: ProcessEnd | undefined;
  #isFinishing = false;
  #isReaped = false;
  #isOver = false;
  #cancelLook: Cancel | undefined;
  #cancelKill: Cancel | undefined;

  constructor(command: ChildCommand, { terms, guard, stallMs }: ChildProcessDeps) {
    this.#terms = terms;
    this.#memory = new ResidentLimit(terms.residentLimitMb);
    this.#guard = guard;
    this.hello = new Promise((resolve) => (this.#greet = resolve));
    this.#reader = new ChildReader({
      stallMs,
      broken: (message) => this.kill({ code: 'protocol', message }),
      maxBytes: (kind, channel) => this.#maxBytes(kind, channel),
      receive: (kind, channel, payload) => this.#receive(kind, channel, payload),
    });
    this.ended = this.#run(command).finally(() => (this.#isOver = true));
    this.#lookLater();
  }

  /** How many observers are in it. */
  get size(): number {
    return this.#channels.size;
  }

  /** Whether it takes no more observers. */
  get isEnding(): boolean {
    return this.#isOver || this.#isFinishing || this.#doom !== undefined;
  }

  add(id: number, channel: ProcessChannel): void {
    this.#channels.set(id, channel);
  }

  /** An observer has left it. */
  remove(id: number): void {
    this.#channels.delete(id);
    this.#gone.add(id);
  }

  /** Sends by the data pipe. With a promise when the pipe is full: it resolves when that is no longer so. */
  data(
    channel: number,
    kind: DataKind,
    ...payload: readonly Uint8Array[]
  ): Promise<void> | undefined {
    return this.#send(dataPipe, encodeFrame(channel, kind, ...payload));
  }

  /** Sends by the control pipe; likewise. */
  call(
    channel: number,
    kind: CallKind,
    ...payload: readonly Uint8Array[]
  ): Promise<void> | undefined {
    return this.#send(controlPipe, encodeFrame(channel, kind, ...payload));
  }

  /**
   * Has it end by itself, and ends it by force when it has not after a while.
   *
   * @param end - what is to be said of that
   */
  finish(end: ProcessEnd): void {
    if (this.#isFinishing || this.#isOver) return;
    this.#doom ??= end;
    this.#isFinishing = true;
    this.#pipe(dataPipe)?.end();
    this.#pipe(controlPipe)?.end();
    this.#signal('SIGTERM');
    this.#cancelKill = systemClock.after(finishMs, () => this.#signal('SIGKILL'));
  }

  /**
   * Ends it at once.
   *
   * @param end - why, if that is to be said in place of how it ended
   */
  kill(end?: ProcessEnd): void {
    if (this.#isOver) return;
    this.#doom ??= end;
    this.#isFinishing = true;
    this.#reader.close();
    this.#signal('SIGKILL');
  }

  /** Looks at it from outside. Nothing, when it has ended or cannot be looked at. */
  async use(): Promise<ProcessUse | undefined> {
    const pid = this.#spawned?.pid;
    return pid === undefined || this.#isOver ? undefined : processUse(pid);
  }

  async #run({ program, args, env, cwd }: ChildCommand): Promise<ProcessEnd> {
    try {
      // It leads a group of its own: all that it starts ends with it, and not with what ends ours.
      this.#spawned = spawn(program, args, {
        detached: true,
        cwd,
        env: { ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
        windowsHide: true,
      });
    } catch (error) {
      return { code: 'spawn', message: `${program} cannot be started: ${errorOf(error).message}` };
    }
    const spawned = this.#spawned;
    this.#listen(spawned);
    // It may come at once when it has ended.
    const closed = new Promise<void>((resolve) => spawned.on('close', () => resolve()));
    const end = await new Promise<ProcessEnd>((resolve) => {
      spawned.on('error', ({ message }) => {
        // Others are of signals that found nobody.
        if (spawned.pid !== undefined) return;
        resolve({ code: 'spawn', message: `${program} cannot be started: ${message}` });
      });
      spawned.on('exit', (code, signal) => {
        resolve({
          code: signal === null ? `exit-${code}` : `signal-${signal}`,
          message: undefined,
        });
      });
    });
    this.#cancelKill?.();
    this.#cancelLook?.();
    if (spawned.pid === undefined) return end;
    this.#guard.remove(spawned.pid);
    // What it had started has no leader any more.
    this.#signal('SIGKILL');
    // From now on its number may be another's.
    this.#isReaped = true;
    await this.#readLast(closed);
    const explained = this.#errors.explained(end);
    const unsaid = this.#isGreeted ? undefined : 'it had not said hello (docs/PROCESS-PROTOCOL.md)';
    return this.#doom ?? { ...explained, message: explained.message ?? unsaid };
  }

  #listen(spawned: Spawned): void {
    const { pid, stdout, stderr, stdio } = spawned;
    if (pid === undefined) return;
    this.#guard.add(pid);
    this.#output = [
      new ChildOutput(stdout!, (text) => this.#print('stdout', text)),
      new ChildOutput(stderr!, (text) => this.#errors.hear(text)),
    ];
    for (const pipe of [stdio[dataPipe], stdio[controlPipe]] as Duplex[]) {
      // It breaks when the process ends, which is reported.
      pipe.on('error', () => undefined);
    }
    (stdio[controlPipe] as Duplex).on('data', (bytes: Buffer) => this.#reader.read(bytes));
    try {
      if (this.#terms.nice !== 0) setPriority(pid, this.#terms.nice);
    } catch (error) {
      const { message } = errorOf(error);
      this.kill({ code: 'refused', message: `process.nice: ${this.#terms.nice}: ${message}` });
    }
  }

  /** Reads what it had sent and printed when it ended, as far as that comes at once. */
  async #readLast(closed: Promise<void>): Promise<void> {
    for (const output of this.#output) output.hurry();
    // Nothing comes by it, so nobody reads it to its end.
    this.#pipe(dataPipe)?.destroy();
    const late = new Promise<void>((resolve) => {
      systemClock.after(lastReadMs, resolve, { background: true });
    });
    await Promise.race([closed, late]);
    for (const output of this.#output) output.end();
    this.#pipe(controlPipe)?.destroy();
  }

  #maxBytes(kind: number, channel: number): number | undefined {
    if (channel === 0)
      return !this.#isGreeted && kind === ReplyKind.hello ? maxHelloBytes : undefined;
    if (!this.#isGreeted) return undefined;
    const to = this.#channels.get(channel);
    if (to !== undefined) return to.maxBytes(kind);
    // Told to end when it had already said that it has, it says so once more; and nobody else anything.
    return kind === ReplyKind.ended && this.#gone.delete(channel) ? 0 : undefined;
  }

  #receive(kind: number, channel: number, payload: Buffer): void {
    if (channel !== 0) return this.#channels.get(channel)?.receive(kind as ReplyKind, payload);
    const hello = readHello(payload);
    this.#isGreeted = true;
    this.#greet(hello);
  }

  #print(stream: OutputLine['stream'], text: string): void {
    const [first] = this.#channels.values();
    // Whose it is cannot be told in a group: it is said to be the group's.
    first?.print(stream, this.size > 1 ? `[group ${this.#terms.group}] ${text}` : text);
  }

  #send(to: 3 | 4, frame: readonly Buffer[]): Promise<void> | undefined {
    const pipe = this.#pipe(to);
    if (pipe === undefined || this.isEnding || !pipe.writable) return undefined;
    return writeFrame(pipe, frame);
  }

  #pipe(at: 3 | 4): Duplex | undefined {
    return (this.#spawned?.stdio as readonly (Duplex | null)[] | undefined)?.[at] ?? undefined;
  }

  /** Signals the process and all that it has started. */
  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const pid = this.#spawned?.pid;
    if (pid === undefined || this.#isReaped) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, signal);
    } catch {
      // Nobody is left of it.
    }
  }

  #lookLater(): void {
    const look = async (): Promise<void> => {
      const use = await this.use();
      if (use !== undefined) this.#note(use);
      if (!this.#isOver) this.#lookLater();
    };
    this.#cancelLook = systemClock.after(lookEveryMs, () => void look(), { background: true });
  }

  #note(use: ProcessUse): void {
    const ageMs = systemClock.monotonic() - this.#startedAt;
    const channels = [...this.#channels.values()];
    for (const channel of channels) channel.noteUse(use, ageMs);
    if (channels.length === 0) return;
    const found = this.#memory.check(
      use.residentBytes,
      channels.map(({ memoryLimitMb }) => memoryLimitMb),
    );
    if (found === undefined) return;
    if (found.isOver) this.kill({ code: 'memory', message: found.message });
    else this.#print('stderr', `${found.message}\n`);
  }
}

export interface ChildProcessDeps {
  readonly terms: ProcessTerms;
  readonly guard: OrphanGuard;
  /** How long nothing may come from it in the middle of a frame, in milliseconds. */
  readonly stallMs: number;
}

/** Its descriptors. */
const dataPipe = 3;
const controlPipe = 4;

/** Between two looks at it. */
const lookEveryMs = 250;
/** How long it may take to end by itself. */
const finishMs = 2_000;
/** How long what it had sent may take to be read, once it has ended. */
const lastReadMs = 500;
const maxHelloBytes = 1_024;
