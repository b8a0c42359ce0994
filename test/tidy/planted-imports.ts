import { coreRooms } from './core-rooms.js';
import { importCycles } from './import-cycles.js';
import { importDirection } from './import-direction.js';
import type { RuleCase } from './rule-case.js';

export const core = 'packages/core/src';
export const sim = 'packages/sim/src';
export const corePackage = JSON.stringify({
  name: '@panoptes/core',
  exports: {
    '.': { default: './dist/index.js' },
    './probes/*': { default: './dist/probes/*/probe.js' },
  },
});

/** The rules about who imports whom. */
export const importCases: RuleCase[] = [
  {
    claim: 'imports run bench → sim → testkit → workers → core',
    rule: importDirection,
    files: {
      [`${core}/a.ts`]: "import type { X } from '@panoptes/workers';\nexport * from './b.js';",
      [`${core}/b.ts`]: "import '../../sim/src/x.js';\nimport { y } from '@panoptes/core';",
      [`${core}/c.ts`]: "import { Worker } from 'node:worker_threads';\nawait import('comlink');",
      [`${core}/c.test.ts`]: "import { Worker } from 'node:worker_threads';",
      'packages/workers/src/a.ts': "let x: import('@panoptes/sim').X;\nimport '@panoptes/core';",
      [`${sim}/a.ts`]: "import '@panoptes/workers/observers/mesh';\nimport '@panoptes/core';",
      [`${sim}/a.test.ts`]: "new URL('../../../examples/a.js', import.meta.url);",
      [`${sim}/b.ts`]: "import type { A } from '@panoptes/bench';\nimport '@panoptes/testkit';",
      'packages/testkit/src/a.ts':
        "import type { Command } from 'commander';\nimport '@panoptes/workers';\nimport '@panoptes/sim';",
      'packages/testkit/src/a.test.ts': "import 'yaml';",
      'packages/tracing/src/a.ts': "import '@panoptes/core';\nimport '@panoptes/workers';",
      'packages/bench/src/a.ts': "import '@panoptes/sim';\nimport { Piscina } from 'piscina';",
      'packages/sim/bin/panoptes.js': "import '../dist/cli/main.js';",
      'examples/a.ts': "import '../packages/core/src/a.js';\nimport '@panoptes/core';",
      'test/a.test.ts': "import '../scripts/setup/lock.mjs';",
    },
    finds: [
      `${core}/a.ts:1 core must not import @panoptes/workers`,
      `${core}/b.ts:1 ../../sim/src/x.js leaves packages/core`,
      `${core}/b.ts:2 core must not import @panoptes/core`,
      `${core}/c.ts:1 core must not import node:worker_threads`,
      `${core}/c.ts:2 core must not import comlink`,
      'packages/workers/src/a.ts:1 workers must not import @panoptes/sim',
      `${sim}/b.ts:1 sim must not import @panoptes/bench`,
      'packages/testkit/src/a.ts:1 testkit must not import commander',
      'packages/testkit/src/a.ts:3 testkit must not import @panoptes/sim',
      'packages/tracing/src/a.ts:2 tracing must not import @panoptes/workers',
      'examples/a.ts:1 ../packages/core/src/a.js leaves examples',
    ],
  },
  {
    claim: 'in core, rooms import from those below them only',
    rule: coreRooms,
    files: {
      [`${core}/config.ts`]: "import { x } from './log/x.js';\nimport { y } from './limits.js';",
      [`${core}/log/x.ts`]: "import type { Y } from '../registry/y.js';\nimport '../peers/z.js';",
      [`${core}/log/x.test.ts`]: "import '../registry/y.js';",
      [`${core}/registry/y.ts`]: "import '../voting/v.js';\nimport '../supervision/s.js';",
      [`${core}/supervision/policies/p.ts`]: "import '../../config.js';\nimport '../s.js';",
      [`${core}/peers/z.ts`]: "import '../odd/o.js';\nimport '../index.js';",
      [`${core}/index.ts`]: "export * from './supervision/s.js';",
    },
    finds: [
      `${core}/config.ts:1 the ground floor must not import ./log/x.js`,
      `${core}/log/x.ts:1 log must not import ../registry/y.js`,
      `${core}/registry/y.ts:2 registry must not import ../supervision/s.js`,
      `${core}/peers/z.ts:1 peers must not import ../odd/o.js`,
      `${core}/peers/z.ts:2 peers must not import ../index.js`,
    ],
  },
  {
    claim: 'no file imports itself by way of others',
    rule: importCycles,
    files: {
      'packages/core/package.json': corePackage,
      [`${core}/a.ts`]: "import { b } from './b.js';",
      [`${core}/b.ts`]: "\nexport * from './c.js';",
      [`${core}/c.ts`]: "import './leaf.js';\nimport { a } from './a.js';",
      [`${core}/leaf.ts`]: "export const load = () => import('./a.js');",
      [`${core}/d.ts`]: "import type { E } from './e.js';",
      [`${core}/e.ts`]: "import { type D } from './d.js';",
      [`${core}/index.ts`]: "import '../../workers/src/x.js';",
      'packages/workers/src/x.ts': "import { a } from '@panoptes/core';",
    },
    finds: [
      `${core}/a.ts:1 ${core}/a.ts → ${core}/b.ts → ${core}/c.ts → ${core}/a.ts`,
      `${core}/d.ts:1 ${core}/d.ts → ${core}/e.ts → ${core}/d.ts`,
      `${core}/index.ts:1 ${core}/index.ts → packages/workers/src/x.ts → ${core}/index.ts`,
    ],
  },
];
