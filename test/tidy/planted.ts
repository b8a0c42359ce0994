import { lintExemptions, unfinished } from './comment-markers.js';
import { deadExports } from './dead-exports.js';
import { fileLength, fileNames, indexFiles } from './file-shape.js';
import { fileSubjects } from './file-subject.js';
import { lockfileHosts, machinePaths, registryHosts } from './foreign-places.js';
import { mergeMarks } from './merge-marks.js';
import { pageUrls } from './page-urls.js';
import { core, corePackage, importCases, sim } from './planted-imports.js';
import type { RuleCase } from './rule-case.js';
import { sharedMemory } from './shared-memory.js';
import { threadLoad } from './thread-load.js';
import { timeAndChance } from './time-and-chance.js';

const workersPackage = JSON.stringify({
  name: '@panoptes/workers',
  exports: {
    '.': { default: './dist/index.js' },
    './observer': { default: './dist/observer.js' },
  },
});
// Joined, or the rules about hosts and folders would find them here.
const host = ['registry', 'npmjs', 'org'].join('.');
const folder = (name: string): string => ['', name, ''].join('/');

/** All rules, in the order in which a failing run is best read. */
export const ruleCases: RuleCase[] = [
  ...importCases,
  {
    claim: 'no source file is over 300 lines',
    rule: fileLength,
    files: {
      [`${core}/short.ts`]: 'x;\n'.repeat(300),
      [`${core}/long.ts`]: 'x;\n'.repeat(301),
      'docs/LONG.md': 'words\n'.repeat(400),
    },
    finds: [`${core}/long.ts:301 301 lines`],
  },
  {
    claim: 'files are named in kebab-case after a noun',
    rule: fileNames,
    files: {
      [`${core}/peer-table.test.ts`]: '',
      [`${core}/peerTable.ts`]: '',
      [`${core}/Log/ring.ts`]: '',
      [`${core}/utils.ts`]: '',
      [`${core}/types.d.ts`]: '',
      'scripts/helpers.mjs': '',
      'docs/SEMANTICS.md': '',
    },
    finds: [
      `${core}/peerTable.ts:1 peerTable.ts is not kebab-case`,
      `${core}/Log/ring.ts:1 Log is not kebab-case`,
      `${core}/utils.ts:1 utils.ts names no noun`,
      `${core}/types.d.ts:1 types.d.ts names no noun`,
      'scripts/helpers.mjs:1 helpers.mjs names no noun',
    ],
  },
  {
    claim: 'no file has two versions of a merge',
    rule: mergeMarks,
    files: {
      // Joined, or the rule would find them here.
      [`${core}/merged.ts`]: ['one;', `${'<'.repeat(7)} HEAD`, `${'>'.repeat(7)} abc`].join('\n'),
      'docs/TITLES.md': 'Title\n=======\n\n<<<<<<<<\n',
    },
    finds: [`${core}/merged.ts:2 two versions`, `${core}/merged.ts:3 two versions`],
  },
  {
    claim: 'every index only re-exports',
    rule: indexFiles,
    files: {
      [`${core}/index.ts`]: "export * from './a.js';\nexport type { B } from './b.js';\nexport {};",
      [`${core}/log/index.ts`]:
        "import { a } from './a.js';\nexport const b = a + 1;\nexport { a };",
    },
    finds: [`${core}/log/index.ts:1`, `${core}/log/index.ts:2`, `${core}/log/index.ts:3`],
  },
  {
    claim: 'a file opens with what names it',
    rule: fileSubjects,
    files: {
      [`${core}/ring.ts`]: 'interface Slot {}\nexport class Ring {}',
      [`${core}/commit-loop.ts`]: 'export interface CommitLoopDeps {}\nexport class CommitLoop {}',
      [`${core}/rate-limits.ts`]: 'const most = 9;\nexport class RateLimit { most = most; }',
      [`${core}/checks.ts`]: "import { x } from './x.js';\nconst y = x;\nexport const z = () => y;",
      'packages/workers/src/gate.ts': 'const open = true;\nexport const gate = [1];',
      // The whole name comes first, and its words in any order before none of them.
      [`${core}/limits.ts`]: 'export const mostBytes = 1;\nconst half = mostBytes / 2;',
      [`${core}/tail-cache.ts`]: 'export class TailCache {}\nexport interface OtherCache {}',
      [`${core}/failure-record.ts`]: 'export function recordFailure() {}\ninterface Failure {}',
      // A constant is made of what stands before it, a function is not.
      [`${core}/machine.ts`]:
        'const state = 1;\nconst parts = [state];\nexport const machine = [parts];',
      [`${core}/reader.ts`]: 'const state = 1;\nexport const reader = () => state;',
      [`${core}/entry.ts`]: 'const port = 1;\nport.toString();',
      [`${core}/ring.test.ts`]: 'const a = 1;\nexport class Ring {}',
      [`${core}/index.ts`]: "export * from './ring.js';",
      [`${sim}/ring.ts`]: 'interface Slot {}\nexport class Ring {}',
      'scripts/ring.mjs': 'const slot = 1;\nexport class Ring {}',
    },
    finds: [
      `${core}/ring.ts:1 opens with Slot, not with Ring`,
      `${core}/commit-loop.ts:1 opens with CommitLoopDeps, not with CommitLoop`,
      `${core}/rate-limits.ts:1 opens with most, not with RateLimit`,
      `${core}/checks.ts:2 opens with y, not with z`,
      'packages/workers/src/gate.ts:1 opens with open, not with gate',
      `${core}/reader.ts:1 opens with state, not with reader`,
      `${sim}/ring.ts:1 opens with Slot, not with Ring`,
    ],
  },
  {
    claim: 'only the log touches shared memory',
    rule: sharedMemory,
    files: {
      [`${core}/log/ring.ts`]: 'Atomics.load(new Int32Array(new SharedArrayBuffer(4)), 0);',
      [`${core}/a.ts`]:
        '// Atomics in a comment\nlet text = "SharedArrayBuffer";\nAtomics.notify(x, 0);',
      [`${core}/a.test.ts`]: 'new SharedArrayBuffer(8);',
      'packages/workers/src/a.ts': 'export function start(log: SharedArrayBuffer): void {}',
    },
    finds: [`${core}/a.ts:3 Atomics`, 'packages/workers/src/a.ts:1 SharedArrayBuffer'],
  },
  {
    claim: 'only the clock and the turns touch time and chance',
    rule: timeAndChance,
    files: {
      [`${core}/clock.ts`]: 'Date.now(); setTimeout(f, 1); performance.now();',
      [`${core}/turns.ts`]: 'setImmediate(f); queueMicrotask(f);',
      [`${sim}/churn/random-source.ts`]: 'Math.random();',
      [`${core}/a.ts`]:
        'Date.now();\nnew Date();\nglobalThis.performance.now();\nsetInterval(f, 1);',
      [`${core}/b.ts`]:
        "import { setTimeout as sleep } from 'node:timers/promises';\nlet f = Math.random;",
      [`${core}/c.ts`]: 'globalThis.setTimeout(f);\nAbortSignal.timeout(1);\ncrypto.randomUUID();',
      [`${core}/d.ts`]:
        'new Date(0); setImmediate(f);\nqueueMicrotask(f); "Math.random()"; // Date.now()',
      [`${core}/e.ts`]: 'let c = { setTimeout: after, setInterval() {} };\nc.setTimeout(f, 1);',
      [`${core}/a.test.ts`]: 'setTimeout(poll, 5);\nMath.random();',
      'scripts/a.mjs': 'Date.now();',
    },
    finds: [
      `${sim}/churn/random-source.ts:1 Math.random`,
      `${core}/a.ts:1 Date.now`,
      `${core}/a.ts:2 the present Date`,
      `${core}/a.ts:3 performance.now`,
      `${core}/a.ts:4 setInterval`,
      `${core}/b.ts:1 setTimeout`,
      `${core}/b.ts:2 Math.random`,
      `${core}/c.ts:1 setTimeout`,
      `${core}/c.ts:2 AbortSignal.timeout`,
      `${core}/c.ts:3 crypto.randomUUID`,
      `${core}/d.ts:1 setImmediate`,
      `${core}/d.ts:2 queueMicrotask`,
      `${core}/a.test.ts:2 Math.random`,
    ],
  },
  {
    claim: 'packages find their own files where a page is made of them, too',
    rule: pageUrls,
    files: {
      [`${core}/a.ts`]:
        "new URL('./b.js', import.meta.url);\nfileBeside(import.meta.url, './b.js');",
      [`${core}/a.test.ts`]: "new URL('./b.js', import.meta.url);",
      [`${core}/b.ts`]: 'new URL(import.meta.url);',
    },
    finds: [`${core}/a.ts:1 new URL`],
  },
  {
    claim: 'no comment puts work off',
    rule: unfinished,
    files: {
      [`${core}/a.ts`]: 'f(\n  1, // TODO later\n);\n/* x\n FIXME */\n/** XXX */ let y;',
      [`${core}/b.ts`]:
        'let t = `${x /* fine */} // TODO`; let r = /\\/\\/ TODO/; let s = "// TODO";',
      [`${core}/c.ts`]: 'let t = `${\n  // TODO\n  x\n} y`;',
    },
    finds: [
      `${core}/a.ts:2 a comment says TODO`,
      `${core}/a.ts:4 a comment says FIXME`,
      `${core}/a.ts:6 a comment says XXX`,
      `${core}/c.ts:2 a comment says TODO`,
    ],
  },
  {
    claim: 'every export is imported somewhere',
    rule: deadExports,
    files: {
      'packages/core/package.json': corePackage,
      [`${core}/index.ts`]: "export { open } from './open.js';\nexport * from './all.js';",
      [`${core}/open.ts`]: 'export function open() {}\nexport const [dead, alive] = [1, 2];',
      [`${core}/all.ts`]: 'export class All {}\nexport default 1;',
      [`${core}/b.ts`]:
        "import { alive as a } from './open.js';\nexport { a as b };\nexport enum E {}",
      [`${core}/b.test.ts`]: "import type { E } from './b.js';\nexport const inTests = 1;",
      [`${core}/entry.ts`]: 'export default 1;',
      [`${core}/probes/heat/probe.ts`]: 'export const found = 1;',
      [`${core}/ambient.d.ts`]: 'export type Known = 1;',
      'packages/workers/src/host.ts': "new URL('../../core/src/entry.js', import.meta.url);",
      [`${sim}/a.ts`]: "import { type T } from './t.js';\nlet u: import('./t.js').U.V;",
      [`${sim}/t.ts`]:
        'export type T = 1;\nexport interface U {}\nexport type W = 1;\nexport interface Signed {}\n' +
        'export const limit = 1;\nexport const sign = (s: Signed) => limit;',
      [`${sim}/t.test.ts`]: "import { sign } from './t.js';",
      'packages/sim/bin/panoptes.js': "import { main } from '../dist/main.js';",
      [`${sim}/main.ts`]: 'export async function main() {}',
    },
    finds: [
      `${core}/open.ts:2 nobody imports dead`,
      `${core}/b.ts:2 nobody imports b`,
      `${sim}/t.ts:3 nobody imports W`,
      `${sim}/t.ts:5 nobody imports limit`,
    ],
  },
  {
    claim: 'the threads of observers and of the model do not load the registry',
    rule: threadLoad,
    files: {
      'packages/core/package.json': corePackage,
      'packages/workers/package.json': workersPackage,
      [`${core}/index.ts`]: "export * from './a.js';",
      'packages/workers/src/index.ts': "export * from './observer.js';",
      'packages/workers/src/observer.ts': 'export const defineObserver = 1;',
      'packages/workers/src/caller.ts': "import { z } from 'zod';",
      'packages/workers/src/runtime/worker-entry.ts':
        "import './runtime.js';\nimport './later.js';",
      'packages/workers/src/runtime/runtime.ts': "import { LogReader } from '@panoptes/core';",
      'packages/workers/src/runtime/later.ts':
        "import type { X } from '@panoptes/core';\nawait import('@panoptes/core');",
      'packages/sim/src/model/model-worker.ts': "import './churn.js';\nimport { z } from 'z';",
      'packages/sim/src/model/churn.ts': "import { z } from 'zod';",
      'examples/heavy.mjs':
        "import { defineObserver } from '@panoptes/workers';\nexport default defineObserver({});",
      'examples/light.mjs':
        "import { defineObserver } from '@panoptes/workers/observer';\nexport default defineObserver({});",
      'examples/program.mjs': "import { createRegistry } from '@panoptes/workers';",
    },
    finds: [
      'packages/workers/src/caller.ts:1 loads zod',
      'packages/workers/src/runtime/worker-entry.ts:1 loads packages/workers/src/runtime/runtime.ts → packages/core/src/index.ts',
      'packages/sim/src/model/model-worker.ts:1 loads packages/sim/src/model/churn.ts → zod',
      'examples/heavy.mjs:1 loads packages/workers/src/index.ts',
    ],
  },
  {
    claim: 'whoever switches a lint rule off says why',
    rule: lintExemptions,
    files: {
      [`${core}/a.ts`]: '// eslint-disable-next-line no-empty -- the probe may fail\nf();',
      [`${core}/b.ts`]: 'f(); // eslint-disable-line\n/* eslint-disable no-empty -- */',
      [`${core}/c.ts`]: 'let s = "// eslint-disable";',
    },
    finds: [`${core}/b.ts:1`, `${core}/b.ts:2`],
  },
  {
    claim: 'no file names a package registry',
    rule: registryHosts,
    files: {
      '.npmrc': `always-auth=true\n@eyes:${['registry', 'https:'].join('=')}${folder('')}x.y`,
      'docs/a.md': `from ${host}, or\nfrom npm`,
      [`${core}/a.ts`]: 'const registry = await open();\nregistry.close();',
    },
    finds: ['.npmrc:2', 'docs/a.md:1'],
  },
  {
    claim: 'no file names a folder of one machine',
    rule: machinePaths,
    files: {
      'README.md': `see ${folder('work')}main\nand ./tmp/x, ../root/y, https://a.org/home/z`,
      [`${core}/a.ts`]: `open('${folder('tmp')}x');\nopen(\`\${root}/tmp/x\`);`,
    },
    finds: ['README.md:1', `${core}/a.ts:1`],
  },
  {
    claim: 'the lockfile names no address',
    rule: lockfileHosts,
    files: {
      'pnpm-lock.yaml': `resolution: {integrity: sha512-x}\ntarball: x.tgz\nurl: https://${host}\n deprecated: see https://a.org`,
      'README.md': 'https://nodejs.org',
    },
    finds: ['pnpm-lock.yaml:2', 'pnpm-lock.yaml:3'],
  },
];
