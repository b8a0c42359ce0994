import { describe, expect, it } from 'vitest';
import { colorsFor } from './colors.js';

const terminal = { isTTY: true };
const pipe = {};

describe('colours', () => {
  it.each([
    ['a terminal has them', terminal, { TERM: 'xterm' }, true],
    ['a terminal that cannot show them has none', terminal, { TERM: 'dumb' }, false],
    ['NO_COLOR takes them away', terminal, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR counts as unset', terminal, { NO_COLOR: '' }, true],
    ['a pipe has none', pipe, { TERM: 'xterm' }, false],
    ['a build server’s pipe has none', pipe, { CI: 'true' }, false],
    ['FORCE_COLOR gives them to a pipe', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0 takes them away', terminal, { TERM: 'xterm', FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR=false too', terminal, { FORCE_COLOR: 'false' }, false],
    ['FORCE_COLOR=true gives them', pipe, { FORCE_COLOR: 'true' }, true],
    ['NO_COLOR wins', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('%s', (_, stream, env, expected) => {
    expect(colorsFor(stream, env).isColorSupported).toBe(expected);
  });
});
