import { createPeer } from '@panoptes/core/observer';
import { describe, expect, it } from 'vitest';
import { packJson, unpackJson } from './json-message.js';
import { maxCommandBytes } from './sent-commands.js';

const refusal = { code: 'PAYLOAD_REFUSED' };

describe('a message of plain data', () => {
  it('is the same on the other side, byte arrays as hex', () => {
    const command = {
      method: 'upsert',
      args: [{ key: new Uint8Array([1, 255]), list: ['a', 1.5] }],
    };
    const copy = unpackJson(packJson(command, 'a command', 1_000), 'a command');
    expect(copy).toEqual({ method: 'upsert', args: [{ key: '01ff', list: ['a', 1.5] }] });
  });

  it('keeps what is no number from being taken for something else', () => {
    const copy = unpackJson(packJson([Number.NaN, -Infinity], 'a command', 100), 'a command');
    expect(copy).toEqual(['NaN', '-Infinity']);
  });

  it('has room for a command of the largest entry, in the widest characters', () => {
    const link = { nodeId: '\u0001'.repeat(100), quality: 1 / 3, type: '\u0001' };
    const peer = createPeer({
      peerId: { nodeId: 'a', publicKey: new Uint8Array(4096), did: 'did:zhtp:00' },
      links: Array.from({ length: 512 }, () => link),
    });
    const bytes = packJson({ method: 'upsert', args: [peer] }, 'a command', maxCommandBytes);
    expect(bytes.length).toBeGreaterThan(maxCommandBytes / 2);
  });

  it.each([
    ['too large', () => 'x'.repeat(maxCommandBytes)],
    ['too large in another alphabet', () => 'ж'.repeat(maxCommandBytes / 2)],
    [
      'a circle',
      () =>
        Object.assign(new Error('a circle'), {
          get cause(): unknown {
            return this;
          },
        }),
    ],
    ['a number of any size', () => 1n],
    [
      'what throws',
      () => ({
        toJSON: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('is refused when it is %s', (_, make) => {
    const value = make();
    expect(() => packJson(value, 'a command', maxCommandBytes)).toThrow(
      expect.objectContaining(refusal) as Error,
    );
  });

  it('is not believed to be one', () => {
    const read = () => unpackJson(Buffer.from([0xff, 0x7b]), 'a command');
    expect(read).toThrow(expect.objectContaining(refusal) as Error);
  });
});
