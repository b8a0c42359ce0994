import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import v8 from 'node:v8';
import threads, { MessagePort, parentPort } from 'node:worker_threads';
import { type HealthBoard, IsolationError } from '@panoptes/core/observer';
import { OwnDescriptors } from './own-descriptors.js';
import { printTo } from './printing.js';

/**
 * Takes away from an observer's thread what reaches beyond it: into the main thread (its streams, its
 * inspector, messages), or into the whole process (V8's flags, its priority, descriptors of others).
 * What it prints goes to its board; messages of its own go nowhere and are counted.
 *
 * To be called before any code of the observer is loaded: code that asks later gets what is left here.
 * What cannot be taken away stands in docs/SEMANTICS.md, "What threads cannot contain".
 *
 * @param ownThreads - whether it may start threads of its own, on which none of this holds
 */
export function contain(health: HealthBoard, ownThreads: boolean): void {
  printTo(health.output);
  countMessages(health);
  refuse(threads, 'postMessageToThread', 'send messages to other threads');
  if (!ownThreads) {
    refuse(
      threads,
      'Worker',
      'start threads of its own, whose memory and loops nobody would watch; ' +
        'register it with ownThreads: true to allow it',
    );
  }
  const inspector = builtin('inspector') as
    { open: unknown; Session: { prototype: object } } | undefined;
  if (inspector !== undefined) {
    refuse(inspector.Session.prototype, 'connectToMainThread', 'inspect the main thread');
    refuse(inspector, 'open', 'open a debugger, to whom any program might connect');
  }
  refuse(v8, 'setFlagsFromString', 'set flags of V8, which are those of all threads');
  refuse(process, 'binding', "use the runtime's internal bindings");
  refuse(process, '_linkedBinding', "use the runtime's internal bindings");
  keepPriority();
  new OwnDescriptors().guard(fs);
  syncBuiltinESMExports();
}

/** Puts in place of a function one that throws. */
function refuse(owner: object, name: string, what: string): void {
  if (!(name in owner)) return;
  // No arrow: it may be called with `new`.
  const refused = function (): never {
    throw new IsolationError(`an observer cannot ${what}`);
  };
  Object.defineProperty(owner, name, { value: refused, configurable: true, writable: true });
}

/** A module of the runtime's that not every build of it has. */
function builtin(name: string): unknown {
  try {
    return process.getBuiltinModule(name);
  } catch {
    return undefined;
  }
}

/** The port is closed, so they go nowhere; here they are counted. */
function countMessages(health: HealthBoard): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on the port it was called on
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...message) {
    if (this === parentPort) health.noteMessage();
    else postMessage.apply(this, message);
  };
}

/** Children's may be set; this process's is that of the registry, too. */
function keepPriority(): void {
  const { setPriority } = os;
  os.setPriority = (...args: [number, number?]): void => {
    const pid = args.length < 2 ? 0 : args[0];
    if (pid === 0 || pid === process.pid) {
      throw new IsolationError('an observer cannot set the priority of its process');
    }
    setPriority(...(args as [number, number]));
  };
}
