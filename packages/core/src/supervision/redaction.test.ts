import { expect, it } from 'vitest';
import { redactKeys } from './redaction.js';

it('keys are cut out of a text, and nothing else is', () => {
  const key = 'ABCDEF01'.repeat(8);
  expect(redactKeys(`peer did:zhtp:${key} has ${key}ff, not ${key.slice(1)}`)).toBe(
    `peer did:zhtp:ABCDEF01… has ABCDEF01…, not ${key.slice(1)}`,
  );
  expect(redactKeys('seq 1234567, deadbeef')).toBe('seq 1234567, deadbeef');
});
