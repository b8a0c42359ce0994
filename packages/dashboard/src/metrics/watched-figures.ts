import { type Figure, deepFreeze } from '@panoptes/core';

/** What is not counted but looked at when somebody asks, in the words of the table of figures. */
export const watchedFigures = deepFreeze([
  { id: 'peers', kind: 'gauge', unit: 'count', says: 'Peers in the registry.' },
  { id: 'maxPeers', kind: 'gauge', unit: 'count', says: 'Most peers at a time.' },
  {
    id: 'authenticated',
    kind: 'gauge',
    unit: 'count',
    says: 'Peers that proved that they own their keys.',
  },
  { id: 'dht', kind: 'gauge', unit: 'count', says: 'Peers with a place in the DHT.' },
  { id: 'waiting', kind: 'gauge', unit: 'count', says: 'Commands that wait for their turn.' },
  {
    id: 'connections',
    kind: 'gauge',
    unit: 'count',
    says: 'Callers on other threads: ports that are connected, or may be.',
  },
  { id: 'epoch', kind: 'gauge', unit: 'count', says: 'The number of the registry’s life.' },
  {
    id: 'observers',
    kind: 'gauge',
    unit: 'count',
    says: 'Observers that count against the cap: all but the quarantined.',
  },
  { id: 'maxObservers', kind: 'gauge', unit: 'count', says: 'Most observers at a time.' },
  {
    id: 'omitted',
    kind: 'gauge',
    unit: 'count',
    says: 'Observers beyond the first thousand, which have no metrics here.',
  },
] as const satisfies readonly Figure[]);
