import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { realPathOf, statsAt } from './path-stats.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-stats-'));
const pipe = join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);
symlinkSync(pipe, join(folder, 'link'));
afterAll(() => {
  // Removing a folder looks at what is in it, as no test that shares its process may look at a pipe.
  unlinkSync(pipe);
  rmSync(folder, { recursive: true });
});

/** Prints where a module is said to be that is found by a link, after a look at a pipe. */
function placeAfter(look: string): string {
  const program = join(folder, 'program.mjs');
  mkdirSync(join(folder, 'real'), { recursive: true });
  for (const name of ['first', 'second']) {
    writeFileSync(join(folder, 'real', `${name}.mjs`), 'export default import.meta.url;');
  }
  rmSync(join(folder, 'linked'), { force: true });
  symlinkSync('real', join(folder, 'linked'));
  writeFileSync(
    program,
    `import { statSync } from 'node:fs';
    import { realPathOf, statsAt } from ${JSON.stringify(import.meta.resolve('../../dist/recorded-log/path-stats.js'))};
    await import('./linked/first.mjs');
    ${look};
    console.log((await import('./linked/second.mjs')).default);`,
  );
  return execFileSync(process.execPath, [program], { cwd: folder, encoding: 'utf8' })
    .trim()
    .slice(`file://${folder}/`.length);
}

describe('a look at a path', () => {
  it('tells what is there, also behind a link', () => {
    expect(statsAt(pipe)?.isFIFO()).toBe(true);
    expect(statsAt(join(folder, 'link'))?.isFIFO()).toBe(true);
    expect(statsAt(folder)?.isDirectory()).toBe(true);
    expect(statsAt(join(folder, 'none'))).toBeUndefined();
    expect(realPathOf(join(folder, 'link'))).toBe(pipe);
    expect(realPathOf(join(folder, 'none'))).toBe(join(folder, 'none'));
  });

  it.each(["statsAt('pipe')", "statsAt('link')", "realPathOf('link')"])(
    'leaves alone where modules are found: %s',
    (look) => {
      expect(placeAfter(look)).toBe('real/second.mjs');
    },
  );
});
