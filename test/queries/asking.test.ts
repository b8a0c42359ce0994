import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../fixtures/asking-program.mjs', import.meta.url));

it.each(['thread', 'inline'])(
  'a question that was answered leaves nothing behind for as long as its observer runs (%s)',
  async (host) => {
    const run = promisify(execFile)(process.execPath, ['--expose-gc', program, host]);
    const bytesLeft = Number((await run).stdout);
    // One promise that nobody lets go of is some 300 bytes.
    expect(bytesLeft).toBeLessThan(100);
  },
);
