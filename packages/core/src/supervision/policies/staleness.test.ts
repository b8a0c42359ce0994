import { describe, expect, it } from 'vitest';
import { staleness } from './staleness.js';

describe('an inactive observer', () => {
  const activity = { lastActivity: 1_000, keepAlive: false, isCaughtUp: true };

  it('is stale when it was inactive for longer than it may be, not for as long', () => {
    expect(staleness(activity, 1_500, 500)).toBe('keep');
    expect(staleness(activity, 1_501, 500)).toBe('evict');
    expect(staleness({ ...activity, isCaughtUp: false }, 1_501, 500)).toBe('evict');
  });

  it('is asked instead when it is to be kept alive and is caught up', () => {
    const kept = { ...activity, keepAlive: true };
    expect(staleness(kept, 1_500, 500)).toBe('keep');
    expect(staleness(kept, 1_501, 500)).toBe('ask');
    expect(staleness({ ...kept, isCaughtUp: false }, 1_501, 500)).toBe('evict');
  });
});
