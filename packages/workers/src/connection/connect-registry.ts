import { MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import {
  type CallerBuffer,
  CallerSender,
  ConfigError,
  type ConnectOptions,
  ConnectionClosedError,
  RegistryConnection,
  connectSettings,
  describe,
  isA,
  isCallerBuffer,
} from '@panoptes/core/caller';
import { type PortEnding, type PortOpening, openingMark } from './port-message.js';

/**
 * Connects this thread to the registry that opened a port.
 *
 * ```ts
 * parentPort.once('message', async (port) => {
 *   const registry = connectRegistry(port);
 *   await registry.upsert({ peerId: { nodeId, publicKey, did } });
 * });
 * ```
 *
 * The port is the connection's from then on, and nobody else's: it is taken out of what is given, also
 * where it is refused then. It can be connected once, on any thread, also on the registry's own.
 *
 * @param given - from `registry.port()`
 * @throws {ConfigError} when it is no such port, or was connected before, or an option is not one it can be
 */
export function connectRegistry(
  given: MessagePort,
  options: ConnectOptions = {},
): RegistryConnection {
  const { whenFull, maxOutstanding } = connectSettings(options);
  const port = ownPort(given);
  const { buffer, maxBatchChanges } = openingOf(port);
  const sender = new CallerSender(buffer, maxOutstanding, (isBusy) => {
    if (isBusy) port.ref();
    else port.unref();
  });
  port.on('message', ({ ending }: PortEnding) => sender.end(ending));
  port.on('close', () =>
    sender.fail(new ConnectionClosedError('the registry at the other end is no more')),
  );
  port.unref();
  return new RegistryConnection(sender, { whenFull, maxBatchChanges, hangUp: () => port.close() });
}

/**
 * Moves a port here. One that was given away already has nothing to be moved, and reading from it would
 * end the process (Node 20 to 26).
 */
function ownPort(port: unknown): MessagePort {
  if (!isA(port, MessagePort)) {
    throw new ConfigError(`port: expected one from registry.port(), got ${describe(port)}`);
  }
  try {
    return structuredClone(port, { transfer: [port] });
  } catch (cause) {
    throw new ConfigError(
      'port: expected one that was neither connected nor given away before; a port connects once',
      {
        cause,
      },
    );
  }
}

/** Takes what the registry has sent first. */
function openingOf(port: MessagePort): PortOpening & { readonly buffer: CallerBuffer } {
  const { panoptes, buffer, maxBatchChanges } = firstMessage(port);
  if (panoptes !== openingMark || !isCallerBuffer(buffer) || maxBatchChanges === undefined) {
    throw new ConfigError(
      'port: expected one from registry.port() that was not connected before, of a registry that is ' +
        'open; a port connects once',
    );
  }
  return { panoptes, buffer, maxBatchChanges };
}

function firstMessage(port: MessagePort): Partial<PortOpening> {
  try {
    const received = receiveMessageOnPort(port) as { message?: unknown } | undefined;
    return Object(received?.message) as Partial<PortOpening>;
  } catch (cause) {
    throw new ConfigError('port: expected one that can be read from', { cause });
  }
}
