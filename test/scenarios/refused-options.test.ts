import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const observerApi = import.meta.resolve('@panoptes/workers/observer');
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

/** Runs a scenario whose second observer is a module of this text. */
async function runWith(name: string, text: string) {
  const [file, module] = [join(folder, `${name}.yaml`), join(folder, `${name}.mjs`)];
  writeFileSync(module, text);
  writeFileSync(
    file,
    `version: 1
population: { peers: 10 }
phases: [{ kind: steady, duration: 5m }]
observers:
  - mesh
  - module: ${name}.mjs
`,
  );
  return { file, module, ended: await panoptes('run', file) };
}

it.each([
  [
    'is cut off',
    'export default {',
    'Unexpected end of input, in MODULE or a module that it imports; ' +
      "'node --check' of the file tells the line",
  ],
  [
    'is a program that starts threads',
    `import { Worker } from 'node:worker_threads';\nnew Worker('', { eval: true });\n`,
    'expected a default export made by defineObserver, but MODULE failed: ' +
      'an observer cannot start threads of its own, whose memory and loops nobody would watch',
  ],
])('a module that %s is refused with its file and place', async (what, text, reason) => {
  const { file, module, ended } = await runWith(what.replaceAll(' ', '-'), text);
  expect(ended).toEqual({
    code: 2,
    stdout: '',
    stderr:
      `panoptes: ${file}:6:5: observers.1.module: cannot be loaded: ` +
      `${reason.replace('MODULE', module)}\n`,
  });
});

it('a module whose setup fails is refused with its place', async () => {
  const { file, ended } = await runWith(
    'diskless',
    `import { defineObserver } from '${observerApi}';
export default defineObserver({
  name: 'diskless',
  setup: () => { throw new Error('no disk'); },
  onEvents() {},
});
`,
  );
  const words = "observers.1: observer 'diskless' could not start: no disk";
  expect(ended).toEqual({ code: 2, stdout: '', stderr: `panoptes: ${file}:6:5: ${words}\n` });
});
