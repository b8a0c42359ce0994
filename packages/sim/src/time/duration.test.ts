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
    ['1h30m', 5_400_000],
    ['1w2d3h4m5s6ms', 788_645_006],
    ['1m30ms', 60_030],
  ])('%s is read as milliseconds', (text, ms) => {
    expect(parseDuration(text, '--until')).toBe(ms);
  });

  it.each([
    '',
    '5',
    'd',
    '-1d',
    '0s',
    '5x',
    '1d 12h',
    '30m1h',
    '1h1h',
    '1h30',
    ' 1d',
    '1e3s',
    '99999999999999w',
    '0.1ms',
  ])('%j is refused, naming the option and the form', (text) => {
    expect(() => parseDuration(text, '--until')).toThrow(ConfigError);
    expect(() => parseDuration(text, '--until')).toThrow(/^--until: expected .* 1h30m or 2d, got /);
  });

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
