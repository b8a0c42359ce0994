import { PeerValidationError } from '../errors.js';
import { ownKey } from './field-writers.js';
import { peerFields } from './fields.js';

/**
 * A text by which a caller names a peer.
 *
 * @param field - what it is, for the message
 * @throws {PeerValidationError} when it is none
 */
export function textArgument(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new PeerValidationError(field, 'text', value);
}

/**
 * A public key by which a caller names a peer, as text. One that is no hex belongs to no peer.
 *
 * @throws {PeerValidationError} when it is neither text nor bytes, or longer than any key
 */
export function keyArgument(value: unknown): string {
  const key = ownKey(value, maxBytes);
  if (typeof key === 'string' && key.length <= 2 * maxBytes) return key;
  if (!Object.is(key, value)) return Buffer.from(key as Uint8Array).toString('hex');
  const expected = `${minBytes} to ${maxBytes} bytes, or as many in hex`;
  throw new PeerValidationError('peerId.publicKey', expected, value);
}

const { minBytes, maxBytes } = peerFields.peerId.fields.publicKey;
