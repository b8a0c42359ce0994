import threads, { MessagePort, parentPort } from 'node:worker_threads';
import type { HealthBoard } from '@panoptes/core/observer';
import { builtin, containCode, refuse, refuseThreads } from './contained-code.js';
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
  const inspector = builtin('inspector') as { Session: { prototype: object } } | undefined;
  if (inspector !== undefined) {
    refuse(inspector.Session.prototype, 'connectToMainThread', 'inspect the main thread');
  }
  if (!ownThreads) refuseThreads();
  containCode();
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
