import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { depsOf } from './registry-deps.js';

const refusal = (options: object): ConfigError => {
  try {
    depsOf(options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};

describe('an option that a registry has not', () => {
  it.each([
    ['loger', 'logger'],
    ['clok', 'clock'],
    ['chanse', 'chance'],
    ['workerentry', 'workerEntry'],
    ['peer', 'peers'],
  ])('is refused with what was probably meant: %s', (name, meant) => {
    const { message } = refusal({ [name]: 1 });
    expect(message).toBe(`option '${name}': no such option; did you mean '${meant}'?`);
  });

  it('is refused with all there are, where no name is near', () => {
    expect(refusal({ 'quite another': 1 }).message).toBe(
      "option 'quite another': no such option " +
        '(known: peers, commands, log, observers, clock, logger, chance, workerEntry)',
    );
  });
});
