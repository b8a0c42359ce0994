import { writeSync } from 'node:fs';
import { systemClock } from '@panoptes/core/observer';
import { keepLastWordsShort, lastWords } from '../../runtime/last-words.js';
import { callLimits, dataLimits } from '../frame-limits.js';
import {
  CallKind,
  PROCESS_PROTOCOL,
  ProcessExit,
  ReplyKind,
  encodeFrame,
  lastWordsMark,
  maxLastWordsBytes,
} from '../frames.js';
import type { Hello } from '../process-messages.js';
import { ChildObserver } from './child-observer.js';
import { framePipe } from './frame-pipe.js';
import { containProcess } from './process-containment.js';

/** The observers in this process, by their channels. */
const observers = new Map<number, ChildObserver>();
/** Bytes that wait to be handled by them. */
let waitingBytes = 0;
/** The pipes from and to the registry's process; docs/PROCESS-PROTOCOL.md. At the end of one nobody wants more. */
const pipes = {
  failed: (error: unknown) => end(ProcessExit.protocol, lastWords(error)),
  ended: () => end(ProcessExit.closed),
};
const data = framePipe(3, {
  ...pipes,
  limits: dataLimits,
  receive: (kind, channel, payload) => observers.get(channel)?.take(kind, payload),
});
const control = framePipe(4, {
  ...pipes,
  limits: callLimits,
  receive(kind, channel, payload) {
    const observer = observers.get(channel) ?? (begins.has(kind) ? observerOf(channel) : undefined);
    observer?.call(kind, payload);
  },
});

keepLastWordsShort((words) => end(ProcessExit.error, words));
containProcess();
const hello: Hello = { protocol: PROCESS_PROTOCOL, encoding: 'v8' };
for (const piece of encodeFrame(0, ReplyKind.hello, Buffer.from(JSON.stringify(hello)))) {
  control.write(piece);
}

function observerOf(channel: number): ChildObserver {
  const left = (): boolean => observers.delete(channel);
  const observer = new ChildObserver(control, channel, { holds, left });
  observers.set(channel, observer);
  return observer;
}

/** Calls to an observer that may not be there; others came too late for one that has ended. */
const begins = new Set<number>([CallKind.state, CallKind.start, CallKind.end]);

/** Nothing more is read while much waits. The registry sends no observer more than it can keep up with. */
function holds(bytes: number): void {
  waitingBytes += bytes;
  if (waitingBytes > maxWaitingBytes) data.pause();
  else if (data.isPaused()) data.resume();
}

const maxWaitingBytes = 64 * 1024 * 1024;

/** Ends this process at once, whatever its observers would still do. */
function end(code: ProcessExit, words?: string): never {
  if (words !== undefined) {
    const line = [`\n${lastWordsMark}`, Buffer.from(words).subarray(0, maxLastWordsBytes), '\n'];
    say(Buffer.concat(line.map((piece) => Buffer.from(piece))));
  }
  process.removeAllListeners('exit');
  process.exit(code);
}

/** Writes to stderr before anything else happens, if it is read. */
function say(bytes: Buffer): void {
  const endsAt = systemClock.monotonic() + maxSayMs;
  for (let at = 0; at < bytes.length && systemClock.monotonic() < endsAt;) {
    try {
      at += writeSync(2, bytes, at);
    } catch (error) {
      // There is no room in the pipe, for now.
      if ((error as { code?: unknown }).code !== 'EAGAIN') return;
    }
  }
}

/** How long last words may take to be read, in milliseconds. */
const maxSayMs = 1_000;
