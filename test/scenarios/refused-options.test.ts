import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { panoptes } from '../fixtures/panoptes-command.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));

it.each(['thread', 'inline'])(
  'options that an observer cannot be set up with are refused with their place, %s',
  async (host) => {
    const file = join(folder, `${host}.yaml`);
    writeFileSync(
      file,
      `version: 1
population: { peers: 10 }
phases: [{ kind: steady, duration: 5m }]
observers:
  - mesh
  - { use: kademlia, name: odd, count: 2, host: ${host}, options: { k: 0 } }
`,
    );
    const { code, stdout, stderr } = await panoptes('run', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${file}:6:5: observers.1: observer 'odd-1': option 'k': expected`);
  },
);
