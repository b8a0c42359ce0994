import { transferHandlers } from 'comlink';
import { type ErrorMessage, packError, unpackError } from './control-errors.js';

/**
 * Replaces Comlink's way of sending what a call threw, which loses class, code and cause
 * (https://github.com/GoogleChromeLabs/comlink/issues/594). To be called once on each thread, before
 * its first call.
 *
 * @param pack - makes plain data of what was thrown
 */
export function installThrowHandler(pack: (thrown: unknown) => ErrorMessage = packError): void {
  const comlinks = transferHandlers.get('throw')!;
  transferHandlers.set('throw', {
    canHandle: (value): value is { value: unknown } => comlinks.canHandle(value),
    serialize: ({ value }: { value: unknown }): [ErrorMessage, never[]] => [pack(value), []],
    deserialize: (message: unknown): never => {
      throw unpackError(message);
    },
  });
}
