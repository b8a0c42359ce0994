import { existsSync } from 'node:fs';
import { ConfigError } from '@panoptes/core';
import { builtIn, builtInNames, createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';

describe('a built-in observer', () => {
  it.each(builtInNames)('%s is found by its name, and runs', async (name) => {
    const module = builtIn(name);
    expect(existsSync(module)).toBe(true);
    expect(module.href).toBe(import.meta.resolve(`@panoptes/workers/observers/${name}`));
    await using registry = await createRegistry();
    const observer = await registry.registerObserver({ module: new URL(module), name });
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    expect(await observer.digest()).toMatch(/^\d+-[0-9a-f]{12}$/);
  });

  it.each([
    ['kademila', /got 'kademila'; did you mean 'kademlia'\?$/],
    ['validator', /did you mean 'validators'\?$/],
    ['toString', /kademlia, mesh, validators\), got 'toString'$/],
    ['../index', /got '\.\.\/index'$/],
    [undefined, /got undefined$/],
  ])('named %s is refused', (name, message) => {
    const named = (): URL => builtIn(name as 'mesh');
    expect(named).toThrow(ConfigError);
    expect(named).toThrow(message);
  });
});
