import { createPeer } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { TraceError } from '../traces/trace-error.js';
import { EventCheck } from './event-check.js';

const peer = createPeer({
  peerId: { nodeId: 'a', publicKey: 'aa', did: `did:zhtp:${'a'.repeat(16)}` },
});
const deep = (): unknown => Array.from({ length: 100_000 }).reduce((inner) => [inner], 1);

const bad: readonly (readonly [string, unknown, string, RegExp])[] = [
  ['nothing', null, '', /expected an object, got null/],
  ['an event without a time', { kind: 'leave', nodeId: 'a' }, '.at', /got undefined/],
  ['one that goes back', { at: 4, kind: 'leave', nodeId: 'a' }, '.at', /from 5 on, got 4/],
  ['one that never comes', { at: Infinity, kind: 'leave', nodeId: 'a' }, '.at', /got Infinity/],
  [
    'one of no kind',
    { at: 5, kind: 'stay' },
    '.kind',
    /expected join, update, patch or leave, got 'stay'/,
  ],
  ['one of nobody', { at: 5, kind: 'leave', nodeId: 7 }, '.nodeId', /expected a text, got 7/],
  ['a patch of nobody', { at: 5, kind: 'patch', patch: {} }, '.nodeId', /expected a text/],
  ['a patch of nothing', { at: 5, kind: 'patch', nodeId: 'a' }, '.patch', /expected an object/],
  ['one without a peer', { at: 5, kind: 'join' }, '.peer', /expected an object/],
  [
    'one of a peer without a name',
    { at: 5, kind: 'update', peer: {} },
    '.peer.peerId',
    /an object/,
  ],
];

describe.each([true, false])('an event of a source (sent to the model: %s)', (areSent) => {
  const checkAt5 = (): EventCheck => {
    const check = new EventCheck('made up', areSent, 0);
    check.take({ at: 5, kind: 'join', peer });
    return check;
  };

  it.each(bad)('is refused with its place: %s', (_, event, place, problem) => {
    const refusal = expect.objectContaining({
      code: 'TRACE_INVALID',
      file: 'made up',
      field: `events[1]${place}`,
      problem: expect.stringMatching(problem) as string,
    }) as Error;
    expect(() => checkAt5().take(event)).toThrow(refusal);
  });

  it('is what it says it is, of several at one time too', () => {
    const check = checkAt5();
    const update = { at: 5, kind: 'update', peer };
    expect(check.take(update)).toEqual(update);
    const patch = { at: 5, kind: 'patch', nodeId: 'a', patch: { lastSeen: 7 } };
    expect(check.take(patch)).toEqual(patch);
    expect(check.take({ at: 6, kind: 'leave', nodeId: 'a', more: 1 })).toEqual({
      ...{ at: 6, kind: 'leave', nodeId: 'a' },
    });
  });

  it('that cannot be read is refused', () => {
    const event = {
      get at(): never {
        throw new Error('as a getter may');
      },
    };
    expect(() => checkAt5().take(event)).toThrow(TraceError);
    expect(() => checkAt5().take(event)).toThrow(/events\[1\].*as a getter may/);
  });
});

describe('an event that is sent to the model', () => {
  it('is copied, and refused when it cannot be', () => {
    const check = new EventCheck('made up', true, 0);
    const given = { at: 0, kind: 'join', peer: structuredClone(peer) };
    const taken = check.take(given);
    expect(taken).toEqual(given);
    expect(taken).not.toBe(given);
    expect((taken as typeof given).peer).not.toBe(given.peer);
    for (const more of [{ capabilities: it }, { links: deep() }]) {
      const event = { at: 1, kind: 'join', peer: { ...peer, ...more } };
      expect(() => check.take(event)).toThrow(/events\[1\]': expected plain data/);
    }
  });
});

describe('a peer of an event from outside', () => {
  const peerId = { nodeId: 'a', publicKey: 'aa', did: 'did:zhtp:0123456789abcdef' };

  it('has what was left out, its times by virtual time', () => {
    const event = new EventCheck('made up', true, 1_000).take({
      at: 5,
      kind: 'join',
      peer: { peerId },
    });
    expect(event).toMatchObject({ peer: { peerId, lastSeen: 1_005, hopCount: 0, links: [] } });
  });

  it('that is bad is left to the registry, which refuses it', () => {
    const peer = { peerId, hopCount: -1 };
    const event = new EventCheck('made up', true, 0).take({ at: 5, kind: 'join', peer });
    expect(event).toEqual({ at: 5, kind: 'join', peer });
  });
});
