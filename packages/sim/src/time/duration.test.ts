import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['2d', 172_800_000],
    ['1.5d', 129_600_000],
    ['4w', 2_419_200_000],
  ])('%s is read as milliseconds', (text, ms) => {
    expect(parseDuration(text, '--until')).toBe(ms);
  });

  it.each(['', '5', 'd', '-1d', '0s', '5x', '1d12h', ' 1d', '1e3s', '99999999999999w', '0.1ms'])(
    '%j is refused, naming the option and the form',
    (text) => {
      expect(() => parseDuration(text, '--until')).toThrow(ConfigError);
      expect(() => parseDuration(text, '--until')).toThrow(/^--until: expected .* 2d or 4w, got /);
    },
  );

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_500, '1.5 s'],
    [3_600_000, '1 h'],
    [2_478_200_000, '28.7 d'],
  ])('of %d ms is written as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
