import { systemClock } from '@panoptes/core';
import {
  type ChurnSource,
  openRegistry,
  prepareScenario,
  presetScenario,
  type ScenarioSource,
  simulate,
  type SimulationOptions,
} from '@panoptes/sim';
import { expect, it } from 'vitest';

const kad = (seed: string, duration: string): ScenarioSource =>
  presetScenario('kad', [
    { key: 'population.peers', value: 500 },
    { key: 'seed', value: seed },
    { key: 'phases.0.duration', value: duration },
  ]);
const what = kad('1', '4h');
const mesh = new URL(import.meta.resolve('@panoptes/workers/observers/mesh'));

const originOf = async (source: ScenarioSource): Promise<SimulationOptions['origin']> => {
  const { scenario } = await prepareScenario(source);
  return { scenario, file: source.file };
};

const play = async (more: Partial<SimulationOptions> = {}) =>
  simulate({
    source: (await prepareScenario(what)).churn,
    seed: '1',
    observers: [{ name: 'mesh', module: mesh }],
    speed: Number.POSITIVE_INFINITY,
    clock: systemClock,
    openRegistry,
    ...more,
  });

it('changes that the model cannot make by itself are sent to it, and come to the same', async () => {
  const sent = await play();
  const made = await play({ origin: await originOf(what) });
  expect(sent.events).toBeGreaterThan(2_048);
  expect(sent).toMatchObject({ verdict: 'pass', registryMatches: true, logDigestMatches: true });
  for (const key of ['events', 'registryDigest', 'logDigest', 'observers'] as const) {
    expect(made[key]).toEqual(sent[key]);
  }
});

it('a source that is another when the model reads it is a difference, not a crash', async () => {
  const other = await play({ origin: await originOf(kad('2', '8h')) });
  expect(other.verdict).toBe('fail');
  expect(other.registryProblem).toMatch(/differs from the model|expected \d+ peers/);
  const ended = await play({ origin: await originOf(kad('1', '1m')) });
  expect(ended.verdict).toBe('fail');
  expect(ended.registryProblem).toContain('when its source was read again');
});

it('a source that fails half way fails the run, and leaves no thread of the model', async () => {
  const { churn: good } = await prepareScenario(what);
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
