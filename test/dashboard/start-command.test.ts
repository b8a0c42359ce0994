import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inTerminal } from '../fixtures/in-terminal.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const start = `${root}scripts/start.mjs`;
const hint = 'to see it in a browser while it runs: npm start -- --dashboard';

describe('npm start', () => {
  it('is a run, and takes what a run takes', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['start']).toBe('node scripts/start.mjs');
    const { stdout, stderr } = spawnSync(process.execPath, [start, '--help'], { encoding: 'utf8' });
    expect(stdout).toContain('Usage: panoptes run [options] [network]');
    expect(stderr).toBe('');
  });

  it('says in a terminal how to see it', async (context) => {
    const shown = await inTerminal(context, `${process.execPath} ${start} --help`);
    expect(shown).toContain(hint);
    const watched = `${process.execPath} ${start} --dashboard=0 --help`;
    expect(await inTerminal(context, watched)).not.toContain(hint);
  });
});
