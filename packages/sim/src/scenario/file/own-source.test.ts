import { describe, expect, it } from 'vitest';
import { prepareScenario } from '../run/scenario-run.js';
import { ownSource } from './own-source.js';
import type { ScenarioSource } from './scenario-file.js';

const levels = (many: number): unknown =>
  Array.from({ length: many }).reduce((inner) => [inner], 1);
const withValue = (value: unknown): ScenarioSource => ({
  file: 'a.yaml',
  text: 'version: 1',
  overrides: [{ key: 'population.peers', value }],
});

/** Nothing but holes, as many as a list can have. */
const holes = Object.assign([], { length: 2 ** 32 - 1 });

describe('the text of a scenario that is handed in', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /scenario: expected an object, got undefined/],
    ['no text', { file: 'a', overrides: [] }, /'text'/],
    ['no list of what is set', { file: 'a', text: '', overrides: {} }, /'overrides'/],
    ['a key that is none', { file: 'a', text: '', overrides: [{ key: 1 }] }, /'overrides.0.key'/],
    ['a value without end', withValue([{ a: holes }]), /'overrides.0.value'.* 1048576 bytes/],
    ['a value that is code', withValue(it), /'overrides.0.value': expected plain data/],
    ['a value with too many levels', withValue(levels(65)), /at most 64 levels/],
    ['a value deeper than the stack', withValue(levels(100_000)), /'overrides.0.value'/],
  ])('is refused with its place: %s', async (_, given, message) => {
    const refusal = prepareScenario(given as ScenarioSource);
    await expect(refusal).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(refusal).rejects.toThrow(message);
  });

  it('is copied: what was run is told in the end by what it was prepared from', () => {
    const given = withValue([1]);
    const own = ownSource(given);
    (given.overrides[0]!.value as unknown[]).push(2);
    expect(own).toEqual(withValue([1]));
  });
});
