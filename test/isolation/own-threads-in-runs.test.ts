import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandSession, type JsonSummary } from '../fixtures/panoptes-command.js';

const inSession = commandSession();
const threading = fileURLToPath(new URL('../fixtures/threading.observer.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'panoptes-'));

async function run(model: boolean, ownThreads: boolean): Promise<JsonSummary> {
  const file = join(folder, `${model}-${ownThreads}.yaml`);
  const own = { module: threading, restart: 'temporary', ownThreads };
  writeFileSync(
    file,
    `version: 1
population: { peers: 100 }
phases: [{ kind: steady, duration: 30m }]
observers: [${JSON.stringify(own)}, mesh]
checks: { model: ${model} }
`,
  );
  const { stdout, stderr } = await inSession('run', file, '--json');
  return (stdout === '' ? { verdict: stderr } : JSON.parse(stdout)) as JsonSummary;
}

describe('an observer that has threads of its own', () => {
  it.each([true, false])('is compared as any other is, with the model: %s', async (model) => {
    const { verdict, observers } = await run(model, true);
    expect({ verdict, observers }).toMatchObject({
      verdict: 'pass',
      observers: [
        { name: 'threading', digestMatches: true },
        { name: 'mesh', digestMatches: true },
      ],
    });
    expect(observers[0]!.digest).not.toBe('');
  });

  it('is refused them unless it was registered so', async () => {
    const { verdict } = await run(true, false);
    expect(verdict).toContain('an observer cannot start threads of its own');
  });
});
