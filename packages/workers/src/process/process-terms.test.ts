import { pathToFileURL } from 'node:url';
import { parseOptions } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { processTerms } from './process-terms.js';

const read = (given: unknown) => parseOptions(processTerms, given, 'process');

describe('how a process is to be run', () => {
  it('is without a sandbox, an environment and limits of its own unless that is said', () => {
    expect(read({})).toEqual({ env: [], eval: true, nice: 0 });
  });

  it('grants nothing in a sandbox but what is said', () => {
    expect(read({ permissions: {} }).permissions).toEqual({
      read: [],
      write: [],
      net: false,
      childProcess: false,
      worker: false,
      addons: false,
    });
  });

  it('takes paths and URLs of files for what may be read', () => {
    const { permissions } = read({
      permissions: { read: ['/data/./a', pathToFileURL('/data/b'), 'file:///data/c%20d'] },
    });
    expect(permissions?.read).toEqual(['/data/a', '/data/b', '/data/c d']);
  });

  it('has each variable that it is given, whatever it is named', () => {
    expect(read({ env: { constructor: '1', B_2: '' } }).env).toEqual([
      ['constructor', '1'],
      ['B_2', ''],
    ]);
  });

  it.each([
    [{ permissions: { read: ['data'] } }, /permissions\.read\.0.*absolute path/],
    [{ permissions: { read: ['/data/*'] } }, /permissions\.read\.0.*without a star/],
    [{ permissions: { read: ['file://host/share'] } }, /permissions\.read\.0/],
    [{ permissions: { network: true } }, /network/],
    [{ env: { 'A=B': '1' } }, /env/],
    [{ env: { A: 'a\0b' } }, /env\.A.*none of them zero/],
    [{ command: [] }, /command.*expected a program/],
    [{ command: ['python3'], permissions: {} }, /permissions.*only Node has it/],
    [{ command: ['python3'], eval: false }, /eval.*only Node has it/],
    [{ cwd: 'data' }, /cwd.*absolute path/],
    [{ cwd: '/data\0' }, /cwd.*absolute path/],
    [{ nice: 20 }, /nice/],
    [{ residentLimitMb: 1 }, /residentLimitMb/],
    [{ openFiles: 8 }, /openFiles/],
    [{ group: '' }, /group.*1 to 64/],
  ])('refuses %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });
});
