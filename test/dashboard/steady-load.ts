import type { PeerRegistry } from '@panoptes/workers';
import { peerNamed } from '../fixtures/random-traffic.js';

/**
 * Keeps a registry busy, with a rejected command now and then.
 *
 * @returns what ends it, and resolves when the last command was answered
 */
export function steadyLoad(registry: PeerRegistry): () => Promise<void> {
  let isOver = false;
  let turn = 0;
  const tiers = ['tier1', 'tier2', 'tier3'] as const;
  const run = async () => {
    while (!isOver) {
      turn++;
      for (let n = 0; n < 20; n++) {
        // A peer keeps its tier: pages of one tier stay as they are.
        const tier = tiers[n % 3]!;
        const name = `peer-${(turn * 20 + n) % 400}`;
        await registry.upsert(
          peerNamed(name, {
            ...{ tier, activeProtocols: ['quic'], hopCount: turn % 8, lastSeen: Date.now() },
          }),
        );
      }
      await registry.upsert({} as never).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const running = run();
  return async () => {
    isOver = true;
    await running;
  };
}
