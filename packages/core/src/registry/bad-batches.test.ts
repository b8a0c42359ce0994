import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { BatchUpdate } from './batch-update.js';
import { OpenRegistry } from './open-registry.fixture.js';

const upsert = { kind: 'upsert', peer: peerNumbered(2) };

describe('a batch that is none', () => {
  it.each([
    ['a kind that there is not', [{ kind: 'explode' }], 0],
    ['a kind that is spelled otherwise', [upsert, { kind: 'Upsert', peer: peerNumbered(3) }], 1],
    ['a kind that every object has', [{ kind: 'constructor' }], 0],
    ['a kind that is no text', [{ kind: Symbol('upsert') }], 0],
    ['no step at all', [upsert, undefined], 1],
    ['a step that is null', [null], 0],
    ['a hole', new Array(2), 0],
    ['a function for a patch', [{ kind: 'update', nodeId: 'peer-1', patch: () => undefined }], 0],
    ['no patch', [upsert, { kind: 'update', nodeId: 'peer-1' }], 1],
    ['no node id', [{ kind: 'remove' }], 0],
    ['text for steps', 'text', undefined],
    ['what looks like a list', { length: 1, 0: upsert }, undefined],
    ['nothing for steps', undefined, undefined],
  ])('is refused at once, alone: %s', async (_, steps, position) => {
    const registry = new OpenRegistry();
    await registry.upsert(peerNumbered(1));
    const before = registry.fingerprint();
    const batch = { steps, size: 1 } as unknown as BatchUpdate;
    await expect(registry.commitBatch(batch)).rejects.toMatchObject({
      code: 'BATCH_REFUSED',
      position,
    });
    expect(registry.fingerprint()).toEqual(before);
    const behind = [3, 4, 5].map((number) => registry.upsert(peerNumbered(number)));
    expect((await Promise.all(behind)).map(({ seq }) => seq)).toEqual([2, 3, 4]);
    await registry.close();
  });

  it.each([undefined, null, 5, 'text', {}, []])('is refused as a whole: %j', async (batch) => {
    const registry = new OpenRegistry();
    await expect(registry.commitBatch(batch as never)).rejects.toMatchObject({
      code: 'BATCH_REFUSED',
    });
    expect(await registry.commitBatch(new BatchUpdate())).toMatchObject({ change: 'unchanged' });
  });
});
