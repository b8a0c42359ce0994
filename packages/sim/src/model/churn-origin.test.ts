import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openChurn } from '../scenario/churn/open-churn.js';
import { parseScenario, type ScenarioSource } from '../scenario/file/scenario-file.js';
import { presetScenario } from '../scenario/preset-scenario.js';
import { traceScenario } from '../scenario/trace-scenario.js';
import { eventsOf } from '../traces/trace-files.fixture.js';
import { type ChurnOrigin, churnAgain, repeatable } from './churn-origin.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-origin-'));
const trace = join(folder, 'peers.avt');
writeFileSync(trace, 'aa\t1\t 0 10\nbb\t2\t 5 8 10 20\n');
const pipe = join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);
afterAll(() => {
  // Removing a folder looks at what is in it, as no test that shares its process may look at a pipe.
  unlinkSync(pipe);
  rmSync(folder, { recursive: true });
});

const drawnFrom = (file: string): ScenarioSource => {
  const sessions = { distribution: 'empirical', trace: file };
  return presetScenario('kad', [
    { key: 'population.peers', value: 20 },
    { key: 'phases.0.duration', value: '10m' },
    { key: 'sessions', value: sessions },
  ]);
};
const meshOf = (file: string): ScenarioSource =>
  presetScenario('kad', [{ key: 'topology', value: { model: 'file', file } }]);
const classOf = (file: string): ScenarioSource => {
  const sessions = { distribution: 'empirical', trace: file };
  const classes = [{ name: 'all', share: 1, sessions }];
  return presetScenario('kad', [{ key: 'population.classes', value: classes }]);
};
const arrivalsOf = (file: string): ScenarioSource =>
  presetScenario('kad', [{ key: 'arrivals', value: { distribution: 'empirical', trace: file } }]);

const originOf = (source: ScenarioSource): ChurnOrigin => ({
  scenario: parseScenario(source),
  file: source.file,
});

describe('what churn was made of', () => {
  it.each([
    ['a trace', traceScenario(trace)],
    ['a preset', drawnFrom(trace)],
  ])('makes the same again, event by event: %s', async (_, source) => {
    const origin = originOf(source);
    const first = await eventsOf(await openChurn(origin.scenario, origin.file));
    expect(first.length).toBeGreaterThan(5);
    // As another thread gets it.
    expect(await eventsOf(await churnAgain(structuredClone(origin)))).toEqual(first);
  });

  const makers = { traceScenario, drawnFrom, meshOf, classOf, arrivalsOf };
  it.each(Object.entries(makers))(
    'is read twice from files, and once from a pipe: %s',
    (_, make) => {
      const origin = originOf(make(trace));
      expect(repeatable(origin)).toBe(origin);
      expect(repeatable(originOf(make(pipe)))).toBeUndefined();
      // Opening it says that it is not there.
      expect(repeatable(originOf(make(`${trace}.gone`)))).toBeDefined();
    },
  );

  it('is read once from standard input', () => {
    expect(repeatable(originOf(traceScenario('-')))).toBeUndefined();
  });
});
