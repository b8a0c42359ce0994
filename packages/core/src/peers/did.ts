import { DidError, describe } from '../errors.js';

/**
 * Checks a decentralized identifier: `did:<method>:<hex>` with an accepted method, 16 or more hex
 * characters, at most 100 characters in all; `did:<method>:unverified:<hex>` is allowed.
 *
 * @returns what is wrong with it, or undefined
 */
export function checkDid(did: string, methods: readonly string[]): DidError | undefined {
  const method = did.length <= maxDidLength ? didForm.exec(did)?.[1] : undefined;
  if (method !== undefined && methods.includes(method)) return undefined;
  const forms = methods.map((name) => `did:${name}:<hex>`).join(' or ');
  return new DidError(
    `peer field 'peerId.did': expected ${forms} with 16 or more hex characters and at most ` +
      `${maxDidLength} characters in all, got ${describe(did)}`,
  );
}

const maxDidLength = 100;
/** `did:` + method + `:` + an optional `unverified:` + at least 16 hex characters. */
const didForm = /^did:([a-z0-9]+):(?:unverified:)?[0-9a-fA-F]{16,}$/;
