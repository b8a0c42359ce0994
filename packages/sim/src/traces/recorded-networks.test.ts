import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ChurnTally } from '../driver/churn-tally.js';
import { openTrace } from './open-trace.js';

/** Recordings of real networks, kept beside the repository and not in it. */
const recordings = new URL('../../../../../shared/data/', import.meta.url);

const expectations = [
  ['skype-superpeers.avt', { events: 58_434, peak: 935, mean: 690.507, final: 0, distinct: 2_081 }],
  ['discv4-churn.jsonl.gz', { events: 17_319, peak: 2_605, final: 2_238, distinct: 7_257 }],
  ['discv4-nodes.json', { events: 2_238, peak: 2_238, mean: 2_238, final: 2_238 }],
  ['mesh-bremen.json', { events: 891, peak: 891, mean: 891, final: 891 }],
] as const;

describe('a recording of a real network', () => {
  for (const [name, expected] of expectations) {
    const path = fileURLToPath(new URL(name, recordings));
    it.skipIf(!existsSync(path))(`has the figures known of it: ${name}`, async () => {
      const source = await openTrace(path);
      const tally = new ChurnTally();
      let events = 0;
      for await (const event of source.events) {
        tally.count(event);
        events++;
      }
      const figures = tally.peers(source.spanMs());
      const mean = Number(figures.mean.toFixed(3));
      expect({ ...figures, mean, events }).toMatchObject(expected);
    });
  }
});
