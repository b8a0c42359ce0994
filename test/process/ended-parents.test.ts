import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childrenOf, hasEnded, isRunning } from '../fixtures/processes.js';
import { until } from '../fixtures/until.js';
import { zombiesOf } from './process-scene.js';

const program = fileURLToPath(new URL('../fixtures/parent-program.mjs', import.meta.url));

let parent: ChildProcess;
let lines: AsyncIterator<string>;
let pids: number[];
let helpers: number[];
beforeEach(async () => {
  parent = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  lines = createInterface({ input: parent.stdout! })[Symbol.asyncIterator]();
  await lines.next();
  pids = (await told('pids')) as number[];
  helpers = childrenOf(parent.pid!).filter((pid) => !pids.includes(pid));
});
afterEach(() => {
  parent.kill('SIGKILL');
});

/** Has the program do something, and returns what came of it. */
async function told(deed: string): Promise<unknown> {
  parent.stdin!.write(`${deed}\n`);
  const { value } = (await lines.next()) as { value?: string };
  return value === undefined ? undefined : JSON.parse(value);
}

const untilNothingIsLeft = (): Promise<void> =>
  until('nothing of it is left', () => [...pids, ...helpers].every(hasEnded));

describe('a program with observers in processes', () => {
  it('P3 that is killed leaves none of them behind, not even one that is stuck in a loop', async () => {
    await told('stick');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const endedAt = performance.now();
    await untilNothingIsLeft();
    // A second is promised, on a machine that has a turn for them; they would go on for ever otherwise.
    expect(performance.now() - endedAt).toBeLessThan(30_000);
  });

  it.each(['exit', 'throw'])('P3 that ends by %s leaves none of them behind', async (how) => {
    await told('stick');
    void told(how);
    await once(parent, 'exit');
    await untilNothingIsLeft();
  });

  it('that is stopped and goes on finds everybody', async () => {
    await told('commit');
    parent.kill('SIGSTOP');
    await pause(3_000);
    expect(pids.every(isRunning)).toBe(true);
    parent.kill('SIGCONT');
    expect(await told('commit')).toEqual([
      { restarts: 0, cursor: 200, state: 'live' },
      { restarts: 0, cursor: 200, state: 'live' },
    ]);
    expect(await told('pids')).toEqual(pids);
  });

  it.each(['close', 'unregister'])('that is done with them (%s) ends by itself', async (how) => {
    await told(how);
    expect(zombiesOf(parent.pid!)).toEqual([]);
    parent.stdin!.write('end\n');
    const [code] = (await once(parent, 'exit')) as [number];
    expect(code).toBe(0);
    await untilNothingIsLeft();
  });
});
