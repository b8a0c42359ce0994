import { createHash } from 'node:crypto';
import type { RegistryEvent } from '@panoptes/core/observer';
import { LogBytes } from './log-bytes.js';

/** A digest of the log as far as it was seen, from the first event on: of its `LogBytes`. */
export class LogDigest {
  readonly #hash = createHash('sha256');
  readonly #bytes = new LogBytes((bytes) => void this.#hash.update(bytes));

  add(event: RegistryEvent): void {
    this.#bytes.add(event);
  }

  /** Adds events that were made into bytes elsewhere. */
  addBytes(bytes: Uint8Array): void {
    this.#bytes.flush();
    this.#hash.update(bytes);
  }

  /** Of all that was added, in hex. */
  get text(): string {
    this.#bytes.flush();
    return this.#hash.copy().digest('hex');
  }
}
