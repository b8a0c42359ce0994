import { systemClock } from '@panoptes/core';
import {
  type ChurnSource,
  openRegistry,
  presetChurn,
  simulate,
  type SimulationOptions,
} from '@panoptes/sim';
import { expect, it } from 'vitest';

const what = { preset: 'kad', peers: 500, seed: '1', durationMs: 4 * 3_600_000 };
const mesh = new URL(import.meta.resolve('@panoptes/workers/observers/mesh'));

const play = async (more: Partial<SimulationOptions> = {}) =>
  simulate({
    source: await presetChurn(what),
    seed: what.seed,
    observers: [{ name: 'mesh', module: mesh }],
    speed: Number.POSITIVE_INFINITY,
    clock: systemClock,
    openRegistry,
    ...more,
  });

it('changes that the model cannot make by itself are sent to it, and come to the same', async () => {
  const sent = await play();
  const made = await play({ origin: { kind: 'preset', options: what } });
  expect(sent.events).toBeGreaterThan(2_048);
  expect(sent).toMatchObject({ verdict: 'pass', registryMatches: true, logDigestMatches: true });
  for (const key of ['events', 'registryDigest', 'logDigest', 'observers'] as const) {
    expect(made[key]).toEqual(sent[key]);
  }
});

it('a source that is another when the model reads it is a difference, not a crash', async () => {
  const longer = { ...what, seed: '2', durationMs: 2 * what.durationMs };
  const other = await play({ origin: { kind: 'preset', options: longer } });
  expect(other.verdict).toBe('fail');
  expect(other.registryProblem).toMatch(/differs from the model|expected \d+ peers/);
  const shorter = { ...what, durationMs: 60_000 };
  const ended = await play({ origin: { kind: 'preset', options: shorter } });
  expect(ended.verdict).toBe('fail');
  expect(ended.registryProblem).toContain('when its source was read again');
});

it('a source that fails half way fails the run, and leaves no thread of the model', async () => {
  const good = await presetChurn(what);
  const source: ChurnSource = {
    ...good,
    events: (async function* () {
      let count = 0;
      for await (const event of good.events) {
        if (++count > 1_500) throw new Error('no more');
        yield event;
      }
    })(),
  };
  await expect(play({ source })).rejects.toThrow('no more');
});
