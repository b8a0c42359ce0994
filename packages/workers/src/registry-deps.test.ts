import { ConfigError, type RegistryStore } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { createRegistry } from './panoptes.js';
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

it('a source of chance that gives a promise is refused when the registry is opened', () => {
  expect(refusal({ chance: () => Promise.resolve(0.5) }).message).toBe(
    "option 'chance': expected a function that returns a number from 0 up to 1, got a promise",
  );
});

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
        '(known: peers, commands, log, observers, durability, onStoreFailure, maxUnsyncedMs, ' +
        'maxUnsyncedChanges, storeTimeoutMs, storeOpenTimeoutMs, clock, logger, chance, workerEntry, ' +
        'relayEntry, processEntry, store, tracer, inspect)',
    );
  });
});

it.each<[string, object]>([
  ['its own', { peers: { maxPeers: -1 } }],
  [
    'a clock that tells no time',
    { clock: { now: () => NaN, monotonic: () => 0, after: () => undefined } },
  ],
  ['half a clock', { clock: { now: () => 0 } }],
  ['a tracer that is none', { tracer: {} }],
  ['an inspector that is none', { inspect: {} }],
  ['an entry that is no file', { workerEntry: new URL('no-such-entry.js', import.meta.url) }],
])('a store is not opened for options that are none: %s', async (_, given) => {
  let opened = 0;
  const store: RegistryStore = {
    open: () => {
      opened++;
      return Promise.reject(new Error('it was opened'));
    },
  };
  await expect(createRegistry({ store, ...given })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
  expect(opened).toBe(0);
});
