import { expect, it } from 'vitest';
import { panoptesJson } from '../fixtures/panoptes-command.js';

const short = ['run', 'skype-superpeers', '--duration', '12h', '--peers', '100'];

it('the same seed gives the same registry and the same log, and another seed does not', async () => {
  const [first, again, other] = [
    await panoptesJson(...short, '--seed', 'a'),
    await panoptesJson(...short, '--seed', 'a'),
    await panoptesJson(...short, '--seed', 'b'),
  ];
  for (const summary of [first, again, other]) {
    expect(summary.verdict).toBe('pass');
    expect(summary.peers.final).toBeGreaterThan(0);
    expect(summary.observers.map(({ digestMatches }) => digestMatches)).toEqual([true, true, true]);
  }
  expect(again.registryDigest).toBe(first.registryDigest);
  expect(again.logDigest).toBe(first.logDigest);
  expect(again.observers.map(({ digest }) => digest)).toEqual(
    first.observers.map(({ digest }) => digest),
  );
  expect(other.registryDigest).not.toBe(first.registryDigest);
  expect(other.logDigest).not.toBe(first.logDigest);
});
