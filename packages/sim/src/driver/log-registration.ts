import { fileBeside } from '@panoptes/core';
import { logName } from '../observers/log-name.js';
import type { LogWitnessOptions } from '../observers/log-witness.js';
import type { CheckLevel } from './check-level.js';
import type { ObserverRegistration } from './registry-port.js';

/**
 * How the observer is registered that follows the log itself; undefined where nobody looks at it.
 *
 * @param limits - what the log is held to
 * @param isInline - whether it shares the registry's thread, as whoever has the model there wants it.
 * On one of its own it takes memory for a stamp of every peer.
 */
export function logRegistration(
  checks: CheckLevel,
  limits: LogWitnessOptions,
  isInline: boolean,
): ObserverRegistration | undefined {
  if (checks === 'none') return undefined;
  return {
    name: logName,
    onLag: 'block',
    ...(isInline ? { host: 'inline' } : { host: 'thread', memoryLimitMb: mostMemoryMb }),
    ...(checks === 'full'
      ? { module: witnessModule, options: limits }
      : { module: logObserverModule }),
  };
}

const witnessModule = fileBeside(import.meta.url, '../observers/log-witness.js');
/** What follows it when it is only digested, and what the model does of the same. */
export const logObserverModule = fileBeside(import.meta.url, '../observers/log-observer.js');

/** What the log's witness may use: enough for the stamps of some ten million peers. */
const mostMemoryMb = 2_048;
