import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type CallerDesk, type PortOptions, portSettings } from '@panoptes/core';
import { type PortEnding, type PortOpening, openingMark } from './port-message.js';

/**
 * Opens the way for a caller, and gives the end that is to be handed to its thread. Only beginning and end
 * are told through it; commands and outcomes go through shared memory.
 */
export function openPort(callers: CallerDesk, options: PortOptions): MessagePort {
  const { capacityBytes } = portSettings(options);
  const { port1: port, port2: callersPort } = new MessageChannel();
  const { line, buffer, maxBatchChanges } = callers.open(capacityBytes, (ending) => {
    const isUnused = takesOpening(callersPort);
    port.postMessage({ ending } satisfies PortEnding);
    port.close();
    // One that nobody has would keep its opening, and so the memory, for ever.
    if (isUnused) callersPort.close();
  });
  // When the caller has closed its end, or its thread has ended.
  port.on('close', () => line.leave());
  port.on('message', () => line.refuse('a message came to the port of the registry'));
  port.on('messageerror', () => line.refuse('a message came to the port of the registry'));
  port.unref();
  const opening = { panoptes: openingMark, buffer, maxBatchChanges } satisfies PortOpening;
  port.postMessage(opening);
  return callersPort;
}

/** Takes the opening out of a port that is still here and was not connected. */
function takesOpening(callersPort: MessagePort): boolean {
  try {
    return receiveMessageOnPort(callersPort) !== undefined;
  } catch {
    // It is on another thread.
    return false;
  }
}
