import { describe, expect, it } from 'vitest';
import { nearestWord } from './misspelling.js';

describe('the nearest word', () => {
  const words = ['peers', 'phases', 'population', 'observers'];

  it.each([
    ['pears', 'peers'],
    ['hpases', 'phases'],
    ['Population', 'population'],
    ['observer', 'observers'],
    ['xyz', undefined],
    ['p'.repeat(10_000), undefined],
  ])('to %.12s is %s', (word, expected) => {
    expect(nearestWord(word, words)).toBe(expected);
  });
});
