import { describe, expect, it } from 'vitest';
import { messageOf, messageWithCause } from './error-of.js';

it('has a message for anything that was thrown', () => {
  expect(messageOf(new TypeError('a'))).toBe('a');
  expect(messageOf('b')).toBe('b');
  expect(messageOf(undefined)).toBe('undefined');
  expect(messageOf(Object.create(null))).toBe('a value that cannot be read was thrown');
});

it('has one for an error whose own message throws, or is no text', () => {
  const unreadable = Object.defineProperty(new Error(), 'message', {
    get: () => {
      throw new Error('do not read me');
    },
  });
  const odd = Object.assign(new Error(), { message: { toString: () => 'made up' } });
  expect(messageOf(unreadable)).toBe('an error that cannot be read was thrown');
  expect(messageOf(odd)).toBe('made up');
  expect(messageWithCause(unreadable)).toBe('an error that cannot be read was thrown');
  expect(messageWithCause(new Error('a', { cause: odd }))).toBe('a: made up');
});

describe('the message of an error with its cause', () => {
  it.each([
    ['has none', new Error('a'), 'a'],
    ['has one', new Error('a', { cause: new Error('b') }), 'a: b'],
    ['has several', new Error('a', { cause: new Error('b', { cause: new Error('c') }) }), 'a: c'],
    ['names it itself', new Error('a because of b', { cause: new Error('b') }), 'a because of b'],
    ['has one without a message', new Error('a', { cause: new Error('') }), 'a'],
    ['has one that is no error', new Error('a', { cause: 'b' }), 'a: b'],
    ['is none', 'a', 'a'],
    ['is nothing', undefined, 'undefined'],
  ])('that %s', (_, error, message) => {
    expect(messageWithCause(error)).toBe(message);
  });

  it('that is a circle, or cannot be read, is its own', () => {
    const circle = new Error('a');
    circle.cause = circle;
    expect(messageWithCause(circle)).toBe('a');
    const hostile = Object.defineProperty(new Error('a'), 'cause', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(messageWithCause(hostile)).toBe('a');
  });
});
