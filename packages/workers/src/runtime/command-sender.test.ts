import { describe, expect, it } from 'vitest';
import { createPeer } from '@panoptes/core/observer';
import { CommandSender, type SendCommand } from './command-sender.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const codeOf = (error: { code: string }) => error.code;

/** A sender of a voter's commands, and what it has sent. */
function senderOf(limit = 100) {
  const sent: unknown[] = [];
  const send: SendCommand = ({ args }) => {
    sent.push(args);
    return Promise.resolve({ seq: sent.length });
  };
  return { sender: new CommandSender(send, limit, true), sent };
}

describe('commands sent by a call of a voter', () => {
  it('leave when it has settled, in order, as they were when they were sent', async () => {
    const { sender, sent } = senderOf();
    const peerId = { nodeId: 'a', publicKey: 'ab', did: 'did:zhtp:0123456789abcdef' };
    const peer = { ...createPeer({ peerId }), trustScore: 0.1 };
    let end!: () => void;
    const call = sender.during(async () => {
      void sender.upsert(peer);
      peer.trustScore = 0.9;
      void sender.remove('b');
      await new Promise<void>((resolve) => (end = resolve));
    });
    await turn();
    expect(sent).toEqual([]);
    end();
    await call;
    await turn();
    expect(sent).toEqual([[expect.objectContaining({ trustScore: 0.1 }), undefined], ['b']]);
  });

  it('leave also when it throws', async () => {
    const { sender, sent } = senderOf();
    expect(() =>
      sender.during(() => {
        void sender.remove('a');
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
    await expect(
      sender.during(async () => {
        void sender.remove('b');
        await turn();
        throw new Error('a bug');
      }),
    ).rejects.toThrow('a bug');
    await turn();
    expect(sent).toEqual([['a'], ['b']]);
  });

  it('count against the limit while they are held back, and not when they were refused', async () => {
    const { sender, sent } = senderOf(2);
    const codes: string[] = [];
    const note = (error: { code: string }) => void codes.push(codeOf(error));
    await sender.during(async () => {
      const awaited = [sender.remove('a'), sender.remove('b')];
      await sender.remove('c').catch(note);
      await Promise.all(awaited).catch(note);
      await Promise.allSettled(awaited);
      void sender.remove('d');
      void sender.remove('e');
      await sender.remove('f').catch(note);
    });
    await turn();
    expect(codes).toEqual(['REGISTRY_OVERLOADED', 'COMMAND_REENTRANT', 'REGISTRY_OVERLOADED']);
    expect(sent).toEqual([['d'], ['e']]);
  });

  it('that cannot be copied are refused as they would be if they had left', async () => {
    const { sender } = senderOf();
    await sender.during(async () => {
      const unsendable = (() => undefined) as never;
      await expect(sender.update('a', unsendable)).rejects.toMatchObject({
        code: 'OBSERVER_COMMAND_FAILED',
      });
    });
  });

  it('leave at once outside of calls, and from what a call began when it has settled', async () => {
    const { sender, sent } = senderOf();
    expect(await sender.remove('a')).toEqual({ seq: 1 });
    let later!: Promise<unknown>;
    void sender.during(() => {
      later = turn().then(() => sender.remove('b'));
    });
    expect(await later).toEqual({ seq: 2 });
    expect(sent).toEqual([['a'], ['b']]);
  });
});
