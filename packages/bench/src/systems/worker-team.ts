import { BroadcastChannel, MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { fileBeside, takeAll } from '@panoptes/core';
import { BenchThreadError } from '../bench-error.js';
import { eventsPerReply, type TeamMessage, type TeamReply } from '../workers/team-messages.js';
import type { Tally } from '../workload/tally.js';

/**
 * Worker threads that play the observers of the systems that send messages. One team serves all of
 * these systems in turn: threads of their own for each would only wait, and take memory.
 */
export class WorkerTeam {
  /** All members listen to it. */
  readonly channel: BroadcastChannel;
  /** For Comlink, one a member. */
  readonly calls: readonly MessagePort[];
  readonly #members: readonly Member[];
  /** Rejects when a member ends before the team is closed. */
  readonly #failure: Promise<never>;
  #fail!: (error: Error) => void;
  #closed = false;
  /** Called after every reply. */
  #onReply: () => void = () => undefined;

  private constructor(size: number) {
    this.#failure = new Promise<never>((_, reject) => (this.#fail = reject));
    // It is looked at only while there is a waiter.
    this.#failure.catch(() => undefined);
    const name = `panoptes-bench-${++teams}`;
    this.channel = new BroadcastChannel(name);
    const pairs = Array.from({ length: size }, () => new MessageChannel());
    this.calls = pairs.map(({ port1 }) => port1);
    this.#members = pairs.map(({ port2 }) => this.#hire(name, port2));
  }

  /** Starts a team; resolves when all members listen. */
  static async open(size: number): Promise<WorkerTeam> {
    const team = new WorkerTeam(size);
    try {
      // -1 until a member is ready.
      await team.#until(() => team.#members.every(({ handled }) => handled >= 0));
      return team;
    } catch (error) {
      await team.close();
      throw error;
    }
  }

  get size(): number {
    return this.#members.length;
  }

  /** Sends a message to every member, each with a copy of its own. */
  post(message: TeamMessage): void {
    for (const { worker } of this.#members) worker.postMessage(message);
  }

  /** To be called after each event sent: waits now and then, so that messages do not pile up. */
  keepUp(sent: number): Promise<void> | undefined {
    if (sent % eventsPerReply !== 0) return undefined;
    const due = sent - eventsPerReply;
    return this.#until(() => this.#members.every(({ handled }) => handled >= due));
  }

  /**
   * Has every member report, after everything that it was sent.
   *
   * @param ask - sends the request on the way that the events took
   */
  async report(ask: (request: TeamMessage) => void): Promise<Tally[]> {
    for (const member of this.#members) member.report = undefined;
    ask({ kind: 'report' });
    await this.#until(() => this.#members.every(({ report }) => report !== undefined));
    for (const member of this.#members) member.handled = 0;
    return this.#members.map(({ report }) => report!);
  }

  /** Settles as `work` does, or rejects when a member ends: it would not be answered any more. */
  guard<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failure]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#fail(new BenchThreadError('the benchmark was ended'));
    await takeAll(
      () => this.channel.close(),
      ...this.calls.map((port) => () => port.close()),
      () => Promise.all(this.#members.map(({ worker }) => worker.terminate())),
    );
  }

  #hire(channel: string, calls: MessagePort): Member {
    const worker = new Worker(entry, { workerData: { channel, calls }, transferList: [calls] });
    const member: Member = { worker, handled: -1, report: undefined };
    worker.on('message', (reply: TeamReply) => {
      if (reply.kind === 'report') member.report = reply.tally;
      else member.handled = reply.kind === 'ready' ? 0 : reply.count;
      this.#onReply();
    });
    const failed = (cause: unknown): void => {
      if (this.#closed) return;
      this.#fail(new BenchThreadError('a worker of a benchmark has ended unasked', { cause }));
    };
    worker.on('error', failed);
    worker.on('exit', failed);
    return member;
  }

  #until(isTrue: () => boolean): Promise<void> {
    return this.guard(
      new Promise((resolve) => {
        this.#onReply = () => {
          if (isTrue()) resolve();
        };
        this.#onReply();
      }),
    );
  }
}

const entry = fileBeside(import.meta.url, '../workers/team-worker.js');

/** Teams so far: channels are known by name in the whole process. */
let teams = 0;

/** The main thread's end of one worker. */
interface Member {
  readonly worker: Worker;
  /** Events it says it has handled since its last report. */
  handled: number;
  report: Tally | undefined;
}
