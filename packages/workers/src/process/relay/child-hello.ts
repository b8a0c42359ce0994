import { PROCESS_PROTOCOL } from '../frames.js';
import type { Hello } from '../process-messages.js';

/**
 * Reads what a process says of itself first.
 *
 * @throws {Error} saying what it should have said
 */
export function readHello(payload: Buffer): Hello {
  const { protocol, encoding } = (JSON.parse(payload.toString()) ?? {}) as Partial<
    Record<keyof Hello, unknown>
  >;
  if (protocol !== PROCESS_PROTOCOL) {
    throw new Error(
      `a hello of protocol ${String(protocol)}, where this release has ${PROCESS_PROTOCOL}`,
    );
  }
  if (encoding !== 'v8' && encoding !== 'json') {
    throw new Error(`a hello with the encoding ${String(encoding)}, which is 'v8' or 'json'`);
  }
  return { protocol, encoding };
}
