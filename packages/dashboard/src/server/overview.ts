import { figures, packageVersion } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import type { EventLoopFigures } from '../live/live-sampler.js';
import type { ShownState } from '../shown-registry.js';

/** What there is to say of a registry as a whole, as it is sent. */
export function overview(
  registry: PeerRegistry,
  { at, frozenAt, look, about }: ShownState,
  eventLoop: EventLoopFigures,
): object {
  const { state, log, store, replica, watched, peersByTier } = look;
  return {
    ...{ at, frozenAt, about },
    version: packageVersion(),
    node: process.versions.node,
    registry: { id: registry.id, epoch: registry.epoch, state },
    figures: {
      registry: Object.fromEntries(figures.registry.map(({ id }) => [id, look.registry[id]])),
      supervisor: Object.fromEntries(figures.supervisor.map(({ id }) => [id, look.supervisor[id]])),
      ...{ log, watched, store: store ?? null, replica: replica ?? null },
    },
    peersByTier,
    eventLoop,
  };
}
