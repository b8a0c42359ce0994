import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { ScriptedVoter } from '../voting/scripted-voter.fixture.js';
import { BatchUpdate } from './batch-update.js';
import { OpenRegistry } from './open-registry.fixture.js';

const did = 'did:zhtp:00112233aabbccdd';
const respelled = 'did:zhtp:00112233AAbbccDD';
const withDid = (number: number, text: string) => peerNumbered(number, {}, { did: text });
const conflict = { code: 'IDENTITY_CONFLICT' };

describe('two spellings of one DID', () => {
  it('belong to one peer, and find it', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(withDid(1, respelled));
    for (const spelling of [did, respelled, did.replace('aabbccdd', 'AABBCCDD')]) {
      expect(registry.peers.findByDid(spelling)!.peerId.nodeId).toBe('peer-1');
      await expect(registry.upsert(withDid(2, spelling))).rejects.toMatchObject(conflict);
      const change = { allowIdentityChange: true };
      await registry.upsert(peerNumbered(3));
      await expect(registry.upsert(withDid(3, spelling), change)).rejects.toMatchObject(conflict);
      expect(await registry.updateByDid(spelling, {})).toMatchObject({ change: 'unchanged' });
    }
    expect(registry.peers.findByDid('DID:ZHTP:00112233aabbccdd')).toBeUndefined();
    await registry.remove('peer-1');
    expect(registry.peers.findByDid(respelled)).toBeUndefined();
    expect(await registry.upsert(withDid(2, did))).toMatchObject({ change: 'added' });
  });

  it('are no change of identity for the peer that has it', async () => {
    const registry = new OpenRegistry();
    await registry.upsert(withDid(1, did));
    expect(await registry.upsert(withDid(1, respelled))).toMatchObject({ change: 'updated' });
    expect(registry.peers.findByDid(did)!.peerId.did).toBe(respelled);
    expect(await registry.update('peer-1', { peerId: { did } })).toMatchObject({
      change: 'updated',
    });
    await expect(registry.upsert(withDid(2, respelled))).rejects.toMatchObject(conflict);
  });

  it('are told to be one within a batch', async () => {
    const registry = new OpenRegistry();
    const two = new BatchUpdate().upsert(withDid(1, did)).upsert(withDid(2, respelled));
    await expect(registry.commitBatch(two)).rejects.toMatchObject({ position: 1, cause: conflict });
    await registry.upsert(withDid(1, did));
    // Spelling it differently gives nothing up.
    const respell = new BatchUpdate().upsert(withDid(1, respelled)).upsert(withDid(2, did));
    await expect(registry.commitBatch(respell)).rejects.toMatchObject({ cause: conflict });
    const swap = new BatchUpdate().remove('peer-1').upsert(withDid(2, respelled));
    expect(await registry.commitBatch(swap)).toMatchObject({ added: 1, removed: 1 });
    expect(registry.peers.findByDid(did)!.peerId.nodeId).toBe('peer-2');
  });

  it('are told to be one among proposals that are voted on together', async () => {
    const registry = new OpenRegistry();
    new ScriptedVoter(registry.voters, { name: 'guard' }).comes();
    const [first, second] = await Promise.allSettled([
      registry.upsert(withDid(1, did)),
      registry.upsert(withDid(2, respelled)),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: conflict });
    const updated = await Promise.all([
      registry.upsert(peerNumbered(3, {}, { did: 'did:zhtp:ffffffffffffffff' })),
      registry.updateByDid('did:zhtp:FFFFFFFFFFFFFFFF', { trustScore: 0.1 }),
    ]);
    expect(updated.map(({ change }) => change)).toEqual(['added', 'updated']);
  });
});
