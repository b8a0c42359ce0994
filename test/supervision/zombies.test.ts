import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../fixtures/zombie-program.mjs', import.meta.url));

/** Runs the program to its end, whichever that is, and returns what it logged as well. */
function run(zombies: string): { readonly ended: SpawnSyncReturns<string>; readonly log: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'panoptes-')), 'log');
  const args = [program, zombies, file];
  const ended = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 100_000 });
  return { ended, log: readFileSync(file, 'utf8') };
}

// A pipe without a name is all there is on Windows.
describe.skipIf(process.platform === 'win32')('a thread that nothing ends', () => {
  it('is given up, what it was asked fails before that; its successor works, closing ends', () => {
    const { ended, log } = run('leave');
    expect(ended.stderr).toBe('');
    expect(ended.stdout.trimEnd().split('\n')).toEqual([
      "Set(1) { 'OBSERVER_CRASHED' } before it is given up",
      expect.stringMatching(/^\["(?:hung|stuck)"\]$/),
      '1 seen by its successor',
      '1 zombie after closing',
    ]);
    expect([ended.status, ended.signal]).toEqual([0, null]);
    expect(log).toContain('"code":"zombie"');
  });

  it('ends with the whole process, when that was asked for, after the log was written', () => {
    const { ended, log } = run('kill-process');
    expect(ended.stdout).toContain('1 seen by its successor');
    expect(ended.stdout).not.toContain('after closing');
    expect(ended.signal).toBe('SIGKILL');
    // Not the last line: what is fatal is written at once, past what is on its way.
    const messages = log
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toContain('observer stopped');
    expect(messages.filter((msg) => msg.includes('this process ends itself'))).toHaveLength(1);
  });
});
