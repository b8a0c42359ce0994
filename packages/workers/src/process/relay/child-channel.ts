import {
  type FollowEnd,
  HealthBoard,
  type LogPoint,
  type MemoryUse,
  type ObserverDescription,
  type OutputLine,
  type ProposalPoint,
  type SnapshotData,
  SpaceFrame,
  maxFrameBytes,
} from '@panoptes/core/observer';
import { type SharedRuns, attachLogMemory } from '@panoptes/core/follower';
import type { ControlApi, StartMessage } from '../../runtime/control-api.js';
import type { MainLine } from '../../runtime/main-line.js';
import { maxAnswerBytes } from '../../runtime/line-message.js';
import { maxPayloadBytes } from '../../runtime/payload.js';
import { maxCommandBytes } from '../../runtime/sent-commands.js';
import { StatePosition } from '../../runtime/state-position.js';
import { CallKind, ReplyKind, maxPieceBytes } from '../frames.js';
import type { Question, StartTerms } from '../process-messages.js';
import { ChannelCalls } from './channel-calls.js';
import type { ChildProcess } from './child-process.js';
import { CommandRelay } from './command-relay.js';
import { DataFeed } from './data-feed.js';
import { type ValueCodec, codecOf } from './value-codec.js';
import { ProcessFigures, type ProcessUse } from './process-figures.js';
import type { ProcessChannel } from './process-channel.js';
import type { OpenRequest } from './relay-request.js';
import { RunFeed } from './run-feed.js';
import { SignsOfLife } from './signs-of-life.js';
import { SpaceRelay } from './space-relay.js';
import { UnheardMemory } from './unheard-memory.js';

/**
 * One incarnation of an observer in another process, as the main thread calls it: passes calls on and
 * brings answers back, and checks all that comes.
 */
export class ChildChannel implements ProcessControlApi, ProcessChannel {
  readonly memoryLimitMb: number;
  /** Resolves when its observer has ended and nothing more comes from it. */
  readonly left: Promise<void>;
  readonly #id: number;
  readonly #process: ChildProcess;
  readonly #logs: SharedLogs;
  readonly #line: MainLine;
  readonly #figures: ProcessFigures;
  readonly #calls: ChannelCalls;
  readonly #position = new StatePosition();
  readonly #signs = new SignsOfLife();
  readonly #memory: UnheardMemory;
  #codec!: ValueCodec;
  #commands: CommandRelay | undefined;
  #health: HealthBoard | undefined;
  #feed: DataFeed | undefined;
  #runs: RunFeed | undefined;
  #space: SpaceRelay | undefined;
  #mostFrameBytes = 0;
  #leave!: () => void;

  constructor(request: OpenRequest, process: ChildProcess, logs: SharedLogs, line: MainLine) {
    const { channel, memoryLimitMb, figures } = request;
    this.memoryLimitMb = memoryLimitMb;
    this.#id = channel;
    this.#process = process;
    this.#logs = logs;
    this.#line = line;
    this.#figures = new ProcessFigures(figures);
    this.#calls = new ChannelCalls((kind, ...payload) => process.call(channel, kind, ...payload));
    this.#memory = new UnheardMemory(() => process.use());
    this.left = new Promise((resolve) => (this.#leave = resolve));
  }

  async start(message: StartMessage): Promise<ObserverDescription> {
    const { name, module, incarnation, log, voting, space, ownThreads, maxCommands } = message;
    const health = (this.#health = new HealthBoard(message.health));
    const { encoding } = await this.#process.hello;
    const memory = attachLogMemory(log);
    this.#codec = codecOf(encoding);
    this.#feed = new DataFeed({
      send: (kind, ...payload) => this.#process.data(this.#id, kind, ...payload),
      health,
      noteMemory: (heapBytes, externalBytes) => this.#noteMemory({ heapBytes, externalBytes }),
    });
    const feed = this.#feed;
    this.#runs = new RunFeed({
      log: memory,
      ...this.#logs,
      feed,
      health,
      voting,
      position: this.#position,
    });
    this.#commands = new CommandRelay(this.#line.sendCommand, maxCommands, (...payload) =>
      this.#process.call(this.#id, CallKind.outcome, ...payload),
    );
    const terms: StartTerms = {
      module,
      name,
      incarnation,
      isVoter: voting !== undefined,
      ownThreads,
      maxCommands,
      began: memory.began,
      hasOwnTime: memory.hasOwnTime,
      space: space && { room: space.room, stateBytes: space.state?.length ?? 0 },
    };
    if (space !== undefined) {
      this.#mostFrameBytes = maxFrameBytes(space.room);
      this.#space = new SpaceRelay(space, (kind, payload) =>
        this.#process.call(this.#id, kind, payload),
      );
      const state = Buffer.from(space.state ?? []);
      if (state.length > 0) this.#position.enter(new SpaceFrame(state, Infinity).cursor);
      for (let at = 0; at < state.length; at += maxPieceBytes) {
        await this.#process.call(this.#id, CallKind.state, state.subarray(at, at + maxPieceBytes));
      }
    }
    const json = Buffer.from(JSON.stringify(terms));
    const options = this.#codec.encode(message.options);
    return (await this.#calls.call(CallKind.start, 'value', json, options)) as ObserverDescription;
  }

  load(snapshot: SnapshotData, line: number): Promise<void> {
    return this.#started().load(snapshot, line);
  }

  async replay(run: Uint8Array): Promise<void> {
    return this.#started().replay(run);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
  async resume(from: LogPoint, line: number): Promise<void> {
    this.#started().resume(from, line);
  }

  async follow(proposals?: ProposalPoint): Promise<FollowEnd> {
    return this.#started().follow(proposals);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
  async pause(): Promise<void> {
    this.#started().pause();
  }

  async query(name: string, args: Uint8Array): Promise<Uint8Array> {
    const text = Buffer.from(name);
    const given = this.#codec.argumentsOf(args);
    const answer = await this.#calls.call(CallKind.query, 'bytes', text, given);
    return this.#codec.answerOf(answer as Buffer);
  }

  digest(): Promise<unknown> {
    return this.#ask('digest', 'value');
  }

  async metrics(after: number): Promise<Uint8Array> {
    await this.#position.reached(after);
    return this.#codec.answerOf((await this.#ask('metrics', 'bytes')) as Buffer);
  }

  async probe(): Promise<void> {
    await this.#process.hello;
    const { heapBytes, externalBytes } = ((await this.#ask('probe', 'value')) ??
      {}) as Partial<MemoryUse>;
    this.#noteMemory({ heapBytes: Number(heapBytes), externalBytes: Number(externalBytes) });
  }

  async stop(): Promise<void> {
    await this.#process.hello;
    await this.#ask('stop', 'value');
    await this.#space?.flushed();
  }

  measure(): Promise<MemoryUse> {
    return this.#memory.measure();
  }

  /** Has its observer end without a teardown. */
  end(): void {
    void this.#process.call(this.#id, CallKind.end);
  }

  /** Nothing more comes: brings what came to where it belongs, and lets go of all. */
  async close(): Promise<void> {
    this.#runs?.close();
    this.#feed?.close();
    this.#memory.close();
    await this.#space?.flushed();
    this.#space?.close();
    this.#leave();
  }

  maxBytes(kind: number): number | undefined {
    return kind === ReplyKind.frame ? this.#mostFrameBytes : mostBytes.get(kind);
  }

  receive(kind: ReplyKind, payload: Buffer): void {
    switch (kind) {
      case ReplyKind.answer:
        return this.#calls.answer(payload);
      case ReplyKind.payload:
        return this.#calls.payload(payload);
      case ReplyKind.command:
        return known(this.#commands).take(payload);
      case ReplyKind.handled:
        this.#signs.refill();
        return known(this.#feed).handled(payload);
      case ReplyKind.failed:
        return known(this.#feed).failure(payload);
      case ReplyKind.votes:
        return known(this.#runs).vote(payload);
      case ReplyKind.frame:
        return known(this.#space).frame(payload);
      case ReplyKind.turning:
        return this.#signs.take(this.#feed?.inHand) ? this.#runs?.turn() : undefined;
      case ReplyKind.ended:
        return this.#leave();
      default:
        throw new Error(`a frame of kind ${kind} of an observer`);
    }
  }

  print(stream: OutputLine['stream'], text: string): void {
    this.#health?.output.write(stream, text);
  }

  noteUse(use: ProcessUse, ageMs: number): void {
    this.#figures.show({ processorMs: use.processorMs, ageMs });
    this.#memory.noteUse(use);
  }

  #noteMemory({ heapBytes, externalBytes }: MemoryUse): void {
    // In a group it is that of all: each is held to its share.
    const share = {
      heapBytes: heapBytes / this.#process.size,
      externalBytes: externalBytes / this.#process.size,
    };
    const whole = {
      heapBytes: Math.round(share.heapBytes),
      externalBytes: Math.round(share.externalBytes),
    };
    this.#health?.noteMemory(whole.heapBytes, whole.externalBytes);
    this.#memory.hear(whole);
  }

  #ask(method: Question['method'], wants: 'value' | 'bytes'): Promise<unknown> {
    const question: Question = { method };
    return this.#calls.call(CallKind.ask, wants, Buffer.from(JSON.stringify(question)));
  }

  #started(): RunFeed {
    if (this.#runs === undefined) throw new Error('the observer has not been started');
    return this.#runs;
  }
}

/** What has been encoded of the logs of a registry, for all its observers in processes. */
export interface SharedLogs {
  readonly changes: SharedRuns;
  readonly proposals: SharedRuns;
}

/** What the main thread calls of an observer in another process. */
export interface ProcessControlApi extends ControlApi {
  /** Looks at its memory from outside, also while it is busy; not while it is stuck. */
  measure(): Promise<MemoryUse>;
}

/** Longest payload of what comes from an observer, in bytes; of `frame` its space says that. */
const mostBytes = new Map<number, number>([
  [ReplyKind.answer, maxAnswerBytes],
  [ReplyKind.payload, 4 + maxPayloadBytes],
  [ReplyKind.command, 4 + maxCommandBytes],
  [ReplyKind.handled, 32],
  [ReplyKind.failed, maxAnswerBytes],
  [ReplyKind.votes, 8 * 1024 * 1024],
  [ReplyKind.turning, 0],
  [ReplyKind.ended, 0],
]);

function known<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('what an observer of its kind does not send');
  return part;
}
