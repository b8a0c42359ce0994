import { describe, expect, it } from 'vitest';
import { DidError } from '../errors.js';
import { defaultDidMethods } from '../limits.js';
import { checkDid } from './did.js';

const hex = '0123456789abcdef';

describe('a DID', () => {
  it.each([
    `did:zhtp:${hex}`,
    `did:zhtp:${hex.toUpperCase()}`,
    `did:zhtp:unverified:${hex}`,
    `did:zhtp:${'a'.repeat(91)}`,
  ])('is accepted: %s', (did) => {
    expect(checkDid(did, defaultDidMethods)).toBeUndefined();
  });

  it.each([
    '',
    'did:zhtp:',
    `did:zhtp:${hex.slice(1)}`,
    `did:zhtp:${'a'.repeat(92)}`,
    `did:zhtp:${'g'.repeat(16)}`,
    `did:zhtp:${hex}\0`,
    `did:zhtp:${hex}\n`,
    ` did:zhtp:${hex}`,
    `did:ZHTP:${hex}`,
    `DID:zhtp:${hex}`,
    `did:zhtp:verified:${hex}`,
    `did:zhtp:unverified:unverified:${hex}`,
    `did:zhtp:unverified:${hex.slice(1)}`,
    `did:key:${hex}`,
    `did:zhtpx:${hex}`,
  ])('is refused, and the forms that are accepted are named: %j', (did) => {
    const error = checkDid(did, defaultDidMethods);
    expect(error).toBeInstanceOf(DidError);
    expect(error!.message).toContain('did:zhtp:<hex>');
    expect(error!.code).toBe('DID_INVALID');
  });

  it('may be of any method that was configured, and of no other', () => {
    expect(checkDid(`did:key:${hex}`, ['key', 'web'])).toBeUndefined();
    expect(checkDid(`did:zhtp:${hex}`, ['key', 'web'])!.message).toContain(
      'did:key:<hex> or did:web:<hex>',
    );
  });
});
