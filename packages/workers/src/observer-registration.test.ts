import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { hostNames } from './host/hosts.js';
import { type ObserverRegistration, specOf } from './observer-registration.js';

const module = new URL('file:///observers/routing.observer.js');

describe('the host of a registration', () => {
  it('is the first of the table unless it is named', () => {
    expect(specOf({ module }, 64)).toMatchObject({ host: 'thread', name: 'routing' });
    for (const host of hostNames) expect(specOf({ module, host }, 64).host).toBe(host);
  });

  it.each(['threads', 'constructor', '', 1, null])('cannot be %j', (host) => {
    const refused = (): unknown => specOf({ module, host } as unknown as ObserverRegistration, 64);
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(/^option 'host': expected one of thread, inline, process, got /);
  });
});
