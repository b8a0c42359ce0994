import { headers } from '@nats-io/transport-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StreamMessage, headersOf, messageOf } from './run-headers.js';
import { id } from './stream-runs.fixture.js';

const messages: StreamMessage[] = [
  { kind: 'epoch', id, epoch: 3, lastSeq: 0, member: 'one', fields: 'abc' },
  { kind: 'run', id, epoch: 3, firstSeq: 1, lastSeq: 9, part: 2, parts: 3 },
];
const names = [
  'Panoptes',
  ...['Id', 'Epoch', 'Last', 'First', 'Part', 'Member', 'Fields'].map((name) => `Panoptes-${name}`),
];

describe('the headers of a message', () => {
  it.each(messages)('say what was meant: $kind', (message) => {
    expect(messageOf(headersOf(message))).toEqual(message);
  });

  it.each([
    ['another version', 'Panoptes', '2'],
    ['no id', 'Panoptes-Id', 'one'],
    ['an id of more', 'Panoptes-Id', `${id}0`],
    ['epoch 0', 'Panoptes-Epoch', '0'],
    ['a part of an epoch', 'Panoptes-Epoch', '1.5'],
    ['an epoch beyond whole numbers', 'Panoptes-Epoch', '9007199254740993'],
    ['a last seq below 0', 'Panoptes-Last', '-1'],
    ['a first seq behind the last', 'Panoptes-First', '10'],
    ['a first seq in other digits', 'Panoptes-First', '0x1'],
    ['a part behind the last', 'Panoptes-Part', '4/3'],
    ['part 0', 'Panoptes-Part', '0/3'],
    ['one part without all', 'Panoptes-Part', '2'],
  ])('are none with %s', (_, name, value) => {
    const given = headersOf(messages[1]!);
    given.set(name, value);
    expect(messageOf(given)).toBeUndefined();
  });

  it('are none without any, and without the fields of an epoch', () => {
    expect(messageOf(undefined)).toBeUndefined();
    expect(messageOf(headers())).toBeUndefined();
    const given = headersOf(messages[0]!);
    given.delete('Panoptes-Fields');
    expect(messageOf(given)).toBeUndefined();
  });

  it('say what can be, or nothing, whatever they are', () => {
    const text = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.constantFrom('', id, '1/1', '1', '2/1'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text), (given) => {
        const made = headers();
        made.set('Panoptes', '1');
        made.set('Panoptes-Id', id);
        for (const [name, value] of Object.entries(given))
          made.set(name, value.replace(/[\r\n]/g, ''));
        const message = messageOf(made);
        if (message === undefined) return;
        expect(messageOf(headersOf(message))).toEqual(message);
        expect(message.epoch).toBeGreaterThan(0);
        if (message.kind === 'run') expect(message.firstSeq).toBeLessThanOrEqual(message.lastSeq);
      }),
      { numRuns: 500 },
    );
  });
});
