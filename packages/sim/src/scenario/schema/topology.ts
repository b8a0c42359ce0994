import { z } from 'zod';
import { count, path, share, someShare } from './quantities.js';

/** Whom a peer hears when it comes online; links are the registry’s `links` field. */
export const topology = z.discriminatedUnion('model', [
  z.strictObject({
    model: z.literal('none').describe('No peer hears another.'),
  }),
  z.strictObject({
    model: z.literal('random').describe('Peers drawn evenly from those online.'),
    links: count(0, 64).default(4).describe('From none to this many, drawn evenly.'),
  }),
  z.strictObject({
    model: z.literal('random-geometric').describe('Peers within radio range on a unit square.'),
    radius: someShare().default(0.05).describe('Range, as a share of the square’s side.'),
    most: count(1, 64).default(16).describe('The nearest so many.'),
  }),
  z.strictObject({
    model: z
      .literal('small-world')
      .describe('Nearest on a ring, some of them swapped for far ones (Watts and Strogatz).'),
    neighbours: count(1, 64).default(6).describe('Nearest online peers that are heard.'),
    rewire: share().default(0.1).describe('Share of them swapped for one anywhere.'),
  }),
  z.strictObject({
    model: z.literal('file').describe('A recorded mesh: ids and links as they are in the file.'),
    file: path().describe(
      'A mesh graph (.json), relative to this file; it has a node for each peer.',
    ),
  }),
]);

export type TopologySpec = z.output<typeof topology>;
