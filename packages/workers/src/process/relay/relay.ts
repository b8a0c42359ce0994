import { errorOf } from '@panoptes/core/observer';
import { SharedRuns, hardLimitMb, systemClock } from '@panoptes/core/follower';
import { expose } from 'comlink';
import { MainLine } from '../../runtime/main-line.js';
import { ChildChannel, type SharedLogs } from './child-channel.js';
import { childCommand } from './child-command.js';
import { ChildProcess } from './child-process.js';
import { OrphanGuard } from './orphan-guard.js';
import type { EndedMessage, OpenRequest, ProcessEnd, RelaySettings } from './relay-request.js';

/** All observers of one registry that are in other processes: starts these, and sees to their end. */
export class Relay {
  readonly #settings: RelaySettings;
  readonly #logs: SharedLogs;
  readonly #ended: (message: EndedMessage) => void;
  readonly #open = new Map<number, OpenChannel>();
  /** Processes of groups, by all that is said of them. */
  readonly #groups = new Map<string, ChildProcess>();
  readonly #running = new Set<ChildProcess>();
  #guard: OrphanGuard | undefined;

  /** @param ended - is told of each incarnation's end, once */
  constructor(settings: RelaySettings, ended: (message: EndedMessage) => void) {
    this.#settings = settings;
    const { origin } = settings;
    this.#logs = { changes: new SharedRuns(origin), proposals: new SharedRuns(origin) };
    this.#ended = ended;
  }

  /** Starts an incarnation, in a process of its own or in that of its group. */
  open(request: OpenRequest): void {
    const { channel: id, line: message } = request;
    const line = new MainLine(message);
    let process: ChildProcess;
    try {
      process = this.#processFor(request);
    } catch (error) {
      // Such as a path that was granted and cannot be looked at: that is one observer's matter.
      line.close();
      this.#ended({ channel: id, end: { code: 'spawn', message: errorOf(error).message } });
      return;
    }
    const channel = new ChildChannel(request, process, this.#logs, line);
    process.add(id, channel);
    expose(channel, line);
    const opened = { channel, process, line, isGrouped: request.terms.group !== undefined };
    this.#open.set(id, opened);
    void channel.left.then(() => this.#leave(id, { code: 'ended', message: undefined }));
  }

  /** Ends an incarnation by force, and others of its group only if it does not end by itself soon. */
  kill(id: number): void {
    const opened = this.#open.get(id);
    if (opened === undefined) return;
    const { channel, process, isGrouped } = opened;
    if (!isGrouped || process.size === 1) return process.kill();
    channel.end();
    systemClock.after(leaveMs, () => {
      if (this.#open.has(id)) process.kill(groupEnd);
    });
  }

  /** Ends everything at once; resolves when nothing is left. */
  async abort(): Promise<void> {
    for (const process of this.#running) process.kill();
    await this.close();
  }

  /** Resolves when all processes have ended, which others have asked them to. */
  async close(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all([...this.#running].map(({ ended }) => ended));
    }
    await this.#guard?.close();
    this.#guard = undefined;
  }

  #processFor({ terms, module, memoryLimitMb }: OpenRequest): ChildProcess {
    const { group } = terms;
    const key = JSON.stringify(terms);
    const shared = group === undefined ? undefined : this.#groups.get(key);
    if (shared !== undefined && !shared.isEnding) return shared;
    const heapMb = group === undefined ? Math.ceil(memoryLimitMb * 1.25) + 32 : hardLimitMb;
    const command = childCommand(terms, module, this.#settings.childEntry, heapMb);
    const guard = (this.#guard ??= new OrphanGuard());
    const { hangTimeoutMs: stallMs } = this.#settings;
    const process = new ChildProcess(command, { terms, guard, stallMs });
    this.#running.add(process);
    if (group !== undefined) this.#groups.set(key, process);
    void process.ended.then((end) => this.#over(process, end));
    return process;
  }

  /** An observer has ended, and its process goes on for others, if there are any. */
  #leave(id: number, end: ProcessEnd): void {
    const opened = this.#open.get(id);
    if (opened === undefined) return;
    const { channel, process, line } = opened;
    if (process.size === 1) return process.finish(end);
    process.remove(id);
    this.#open.delete(id);
    void channel.close().then(() => {
      line.close();
      this.#ended({ channel: id, end });
    });
  }

  /** A process has ended, and with it all its observers. */
  #over(process: ChildProcess, end: ProcessEnd): void {
    this.#running.delete(process);
    for (const [key, shared] of this.#groups) {
      if (shared === process) this.#groups.delete(key);
    }
    for (const [id, opened] of this.#open) {
      if (opened.process !== process) continue;
      this.#open.delete(id);
      void opened.channel.close().then(() => {
        opened.line.close();
        this.#ended({ channel: id, end });
      });
    }
  }
}

interface OpenChannel {
  readonly channel: ChildChannel;
  readonly process: ChildProcess;
  readonly line: MainLine;
  readonly isGrouped: boolean;
}

const groupEnd: ProcessEnd = {
  code: 'group',
  message: 'another observer of its group did not end, and so their process was ended',
};

/** How long an observer of a group may take to leave it. */
const leaveMs = 500;
