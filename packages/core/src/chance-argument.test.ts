import { describe, expect, it } from 'vitest';
import { checkChance } from './chance-argument.js';
import { systemChance } from './clock.js';

const bad: Readonly<Record<string, unknown>> = {
  'a promise': () => Promise.resolve(0.5),
  'a promise that is broken': () => Promise.reject(new Error('no chance')),
  'a text': () => '0.5',
  'no number': () => Number.NaN,
  nothing: () => undefined,
  'less than 0': () => -0.1,
  '1': () => 1,
  'an error': () => {
    throw new Error('as chance may');
  },
};

describe('a source of chance that is handed in', () => {
  it('is one that gives numbers from 0 up to 1', () => {
    for (const chance of [systemChance, () => 0, () => 0.999]) {
      expect(() => checkChance(chance)).not.toThrow();
    }
  });

  it.each(Object.entries(bad))('is refused when it gives %s', (_, chance) => {
    expect(() => checkChance(chance)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(
          /^option 'chance': expected a function that returns a number from 0 up to 1[,;]/,
        ) as string,
      }) as Error,
    );
  });

  it('is refused when it is no function', () => {
    expect(() => checkChance(0.5)).toThrow("option 'chance': expected a function, got 0.5");
  });
});
