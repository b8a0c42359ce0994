import { expect, it } from 'vitest';
import { type JsonSummary, panoptesJson, recording } from '../fixtures/panoptes-command.js';

const three = ['kademlia', 'mesh', 'validators'];

/** Every observer saw every event once, from the first to the last, and agrees with the model. */
function expectAgreement(summary: JsonSummary, observers: number): void {
  expect(summary.observers).toHaveLength(observers);
  for (const observer of summary.observers) {
    expect(observer).toMatchObject({
      delivered: summary.events,
      resyncs: 0,
      restarts: 0,
      digestMatches: true,
      digest: expect.stringMatching(/^\d+-[0-9a-f]{12}$/) as string,
    });
  }
  expect(summary.verdict).toBe('pass');
  expect(summary.schema).toBe('panoptes.run/3');
  expect(summary.registryDigest).toMatch(/^[0-9a-f]{12}$/);
  expect(summary.logDigest).toMatch(/^[0-9a-f]{64}$/);
}

it('28 days of Skype superpeers are replayed before the usual three observers', async (ctx) => {
  const summary = await panoptesJson('replay', recording('skype-superpeers.avt', ctx));
  expect(summary.events).toBe(58_434);
  expect(summary.peers).toMatchObject({ peak: 935, final: 0 });
  expect(Math.abs(summary.peers.mean - 690.5)).toBeLessThanOrEqual(0.5);
  expectAgreement(summary, 3);
  expect(summary.observers.map(({ name }) => name)).toEqual(three);
});

it('in the middle of the trace there are peers to agree about, and twelve observers do', async (ctx) => {
  const list = three.map((name) => `${name}*4`).join();
  const file = recording('skype-superpeers.avt', ctx);
  const summary = await panoptesJson('replay', file, '--until', '2d', '--observers', list);
  expect(summary.peers.final).toBeGreaterThan(500);
  expectAgreement(summary, 12);
  const earlier = await panoptesJson('replay', file, '--until', '1d', '--observers', 'mesh');
  expect(earlier.registryDigest).not.toBe(summary.registryDigest);
});

it('14 days of discv4 churn are replayed', async (ctx) => {
  const summary = await panoptesJson('replay', recording('discv4-churn.jsonl.gz', ctx));
  expect(summary.events).toBe(17_319);
  expect(summary.peers).toMatchObject({ peak: 2_605, final: 2_238 });
  expectAgreement(summary, 3);
});

it('a discv4 crawl is replayed', async (ctx) => {
  const summary = await panoptesJson('replay', recording('discv4-nodes.json', ctx));
  expect(summary.peers).toMatchObject({ peak: 2_238, mean: 2_238, final: 2_238 });
  expectAgreement(summary, 3);
});

it('a city’s mesh is replayed', async (ctx) => {
  const summary = await panoptesJson('replay', recording('mesh-bremen.json', ctx));
  expect(summary.peers).toMatchObject({ peak: 891, mean: 891, final: 891 });
  expectAgreement(summary, 3);
});
