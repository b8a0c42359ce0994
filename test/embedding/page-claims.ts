import { pathToFileURL } from 'node:url';
import { ConfigError } from '@panoptes/core';
import { faultModule } from '@panoptes/testkit';
import { type PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import { afterEach, describe, expect, it } from 'vitest';
import type small from '../fixtures/small.observer.mjs';
import { peerNamed } from '../fixtures/random-traffic.js';

const module = import.meta.resolve('../fixtures/small.observer.mjs');

/** What holds where a test environment plays a browser's page: run by a file for each of them. */
export function describePage(): void {
  let registry: PeerRegistry;
  afterEach(() => registry.close());

  /** Registers the small observer by some form of its module's URL, and asks it. */
  async function follow(url: URL | string): Promise<number> {
    registry = await createRegistry();
    const observer = await registry.registerObserver<typeof small>({ module: url });
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    return observer.query.count();
  }

  describe('in an environment that plays a page', () => {
    it('an observer starts and follows, its module given as text', async () => {
      expect(await follow(module)).toBe(1);
    });

    it('an observer starts and follows, its module given as a URL of the page’s class', async () => {
      expect(await follow(new URL(module))).toBe(1);
    });

    it('an observer starts and follows, its module given as a URL of Node’s class', async () => {
      expect(await follow(pathToFileURL(new URL(module).pathname))).toBe(1);
    });

    it('a built-in observer is found by its name', async () => {
      registry = await createRegistry();
      const { query } = await registry.registerObserver({ module: builtIn('kademlia') });
      await registry.upsert(peerNamed('a'));
      await registry.settled();
      expect(await query.size()).toBe(1);
    });

    it('an observer that misbehaves is found there, too', async () => {
      const url = faultModule('exit', { at: 1 });
      registry = await createRegistry();
      const victim = await registry.registerObserver({ module: url, restart: 'temporary' });
      await registry.upsert(peerNamed('a'));
      expect(await victim.ended).toMatchObject({ code: 'ended' });
    });

    it('the address of a page is refused, with what to write instead', async () => {
      registry = await createRegistry();
      const url = new URL('../fixtures/small.observer.mjs', import.meta.url);
      // The environment made that of it; otherwise this file would show nothing.
      expect(url.protocol).toBe('http:');
      const refused = registry.registerObserver({ module: url });
      await expect(refused).rejects.toBeInstanceOf(ConfigError);
      await expect(refused).rejects.toThrow("write import.meta.resolve('./x.js')");
    });

    it('a signal of the page ends a watch', async () => {
      registry = await createRegistry();
      const abort = new AbortController();
      const watch = registry.watch({ signal: abort.signal });
      await registry.upsert(peerNamed('a'));
      expect((await watch.next()).value).toMatchObject({ nodeId: 'a' });
      abort.abort();
      expect(await watch.next()).toEqual({ done: true, value: undefined });
    });

    it('bytes are bytes', async () => {
      registry = await createRegistry();
      const peer = peerNamed('a');
      await registry.upsert(peer);
      const key = new Uint8Array(Buffer.from(peer.peerId.publicKey, 'hex'));
      expect(await registry.updateByPublicKey(key, { trustScore: 1 })).toMatchObject({ seq: 2 });
    });
  });
}
