import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PackedProject } from './packed-project.js';

const project = new PackedProject();
beforeAll(() => project.install(['core', 'workers', 'testkit']));
afterAll(() => project.remove());

describe('the testkit, packed and installed in an empty project', () => {
  it('brings nothing of a command’s', () => {
    const { installed } = project;
    expect(installed).toEqual(expect.arrayContaining(['@panoptes/testkit', 'xstate', 'zod']));
    const commands = /^(?:commander|yaml|piscina|cli-.*|picocolors|@panoptes\/(?:sim|bench))$/;
    expect(installed.filter((name) => commands.test(name))).toEqual([]);
  });

  it('tests an observer there as its page shows it', async () => {
    project.copy('examples/routing.observer.mjs');
    const program = project.copy('examples/observer-test.mjs');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program]);
    expect(stderr).toBe('');
    expect(stdout).toBe('the victim is in incarnation 2, and every rule holds: pass\n');
  });
});
