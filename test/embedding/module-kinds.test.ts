import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';

const fixture = (name: string): URL => new URL(`../fixtures/${name}`, import.meta.url);
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false;

let registry: PeerRegistry;
beforeEach(async () => {
  registry = await createRegistry();
});
afterEach(() => registry.close());

async function countOf(module: URL, host: 'thread' | 'inline'): Promise<unknown> {
  const observer = await registry.registerObserver({ module, host });
  await registry.upsert(peerNamed('a'));
  await registry.settled();
  return observer.ask('count', []);
}

describe.each(['thread', 'inline'] as const)('on its %s an observer may be', (host) => {
  it('a CommonJS module', async () => {
    expect(await countOf(fixture('plain.observer.cjs'), host)).toBe(1);
  });

  it('an ES module that was compiled to CommonJS', async () => {
    expect(await countOf(fixture('compiled.observer.cjs'), host)).toBe(1);
  });
});

describe('an observer in TypeScript', () => {
  const typed = fixture('typed.observer.ts');

  it.runIf(stripsTypes)('runs where Node strips types', async () => {
    expect(await countOf(typed, 'thread')).toBe(1);
  });

  it.skipIf(stripsTypes)('is refused where Node does not, with what to do', async () => {
    await expect(countOf(typed, 'thread')).rejects.toThrow(
      /typed\.observer\.ts: this Node \(20\.\d+\.\d+\) does not run TypeScript; .* Node 22\.18/,
    );
  });
});
