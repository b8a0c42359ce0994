import { MessageChannel, MessagePort, receiveMessageOnPort } from 'node:worker_threads';
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
 * The port is the connection's from then on. It can be connected once, on any thread, also on the
 * registry's own.
 *
 * @param port - from `registry.port()`
 * @throws {ConfigError} when it is no such port, or was connected before, or an option is not one it can be
 */
export function connectRegistry(
  port: MessagePort,
  options: ConnectOptions = {},
): RegistryConnection {
  const { whenFull, maxOutstanding } = connectSettings(options);
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

/** Takes what the registry has sent first. */
function openingOf(port: unknown): PortOpening & { readonly buffer: CallerBuffer } {
  if (!isA(port, MessagePort)) {
    throw new ConfigError(`port: expected one from registry.port(), got ${describe(port)}`);
  }
  if (isGivenAway(port)) {
    throw new ConfigError('port: expected one that was not given to another thread before');
  }
  const { panoptes, buffer, maxBatchChanges } = firstMessage(port);
  if (panoptes !== openingMark || !isCallerBuffer(buffer) || maxBatchChanges === undefined) {
    throw new ConfigError(
      'port: expected one from registry.port() that was not connected before, of a registry that is ' +
        'open; a port connects once',
    );
  }
  return { panoptes, buffer, maxBatchChanges };
}

/**
 * Whether a port was given away just now: reading from it would end the process (Node 20). It is asked
 * for by an attempt to send it that fails in any case, and says why.
 */
function isGivenAway(port: MessagePort): boolean {
  const { port1 } = new MessageChannel();
  try {
    port1.postMessage(undefined, [port, port]);
    return false;
  } catch (error) {
    return (error as Error).message.includes('detached');
  } finally {
    port1.close();
  }
}

function firstMessage(port: MessagePort): Partial<PortOpening> {
  try {
    const received = receiveMessageOnPort(port) as { message?: unknown } | undefined;
    return Object(received?.message) as Partial<PortOpening>;
  } catch (cause) {
    throw new ConfigError('port: expected one that can be read from', { cause });
  }
}
