import { expect, it } from 'vitest';
import { ConnectedRegistry } from './connected-registry.fixture.js';
import { ManualClock } from './manual-clock.fixture.js';
import { kept, storeWith, throws } from './odd-store.fixture.js';
import { openLife } from './registry-life.js';

it.each([0, 7])(
  'a registry whose store has kept %i transactions, and gives no peers, can be closed',
  async (lastSeq) => {
    const store = storeWith(() => ({ kept: { ...kept, lastSeq }, entries: throws }));
    const life = await openLife(store, {});
    const registry = new ConnectedRegistry({}, new ManualClock(), life);
    await expect(registry.restore()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await registry.close();
    expect(store.closed).toBe(1);
  },
);
