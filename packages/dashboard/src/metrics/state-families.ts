import { observerStates, packageVersion } from '@panoptes/core';
import type { MetricFamily } from './metric-family.js';
import { observerLabel } from './observer-label.js';

/** What is one of a few words: a series for each word, 1 where it is the present one and 0 where not. */
export const stateFamilies: readonly MetricFamily[] = Object.freeze<MetricFamily[]>([
  {
    name: 'panoptes_registry_state',
    type: 'gauge',
    help: 'Whether the registry is in the state that the label says.',
    labels: ['state'],
    read: ({ look }) => {
      const [present] = look.state.split('.');
      return registryStates.map((state) => ({
        labels: { state },
        value: Number(state === present),
      }));
    },
  },
  {
    name: 'panoptes_observer_state',
    type: 'gauge',
    help: 'Whether the observer is in the state that the label says.',
    labels: ['observer', 'state'],
    read: ({ look }) =>
      look.observers.flatMap((one) => {
        const observer = observerLabel(one.name);
        return observerStates.map((state) => ({
          labels: { observer, state },
          value: Number(state === one.state),
        }));
      }),
  },
  {
    name: 'panoptes_peers_by_tier',
    type: 'gauge',
    help: 'Peers of each tier.',
    labels: ['tier'],
    read: ({ look }) =>
      Object.entries(look.peersByTier).map(([tier, value]) => ({ labels: { tier }, value })),
  },
  {
    name: 'panoptes_build_info',
    type: 'gauge',
    help: 'Always 1; its labels say the versions of Panoptes and of Node.',
    labels: ['version', 'node'],
    read: () => [{ labels: { version: packageVersion(), node: process.versions.node }, value: 1 }],
  },
]);

/** The states of the registry's machine, without what it does in them. */
const registryStates = ['starting', 'open', 'draining', 'closed', 'failed'];
