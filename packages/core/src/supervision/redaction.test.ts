import { expect, it } from 'vitest';
import { logName, logText } from './redaction.js';

it('keys are cut out of a text, and nothing else is', () => {
  const key = 'ABCDEF01'.repeat(8);
  expect(logText(`peer did:zhtp:${key} has ${key}ff, not ${key.slice(1)}`)).toBe(
    `peer did:zhtp:ABCDEF01… has ABCDEF01…, not ${key.slice(1)}`,
  );
  expect(logText('seq 1234567, deadbeef')).toBe('seq 1234567, deadbeef');
});

it.each([
  ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['\u009b31mred', '\\u009b31mred'],
  ['right \u202eto left\u2028', 'right \\u202eto left\\u2028'],
  ['a line\r\nand\tanother', 'a line\\r\nand\tanother'],
  ['état 日本語 👩‍👩‍👧', 'état 日本語 👩‍👩‍👧'],
])('what a terminal would obey is shown in names and texts: %j', (text, shown) => {
  expect(logName(text)).toBe(shown);
  expect(logText(text)).toBe(shown);
});
