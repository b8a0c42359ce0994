import { sandboxSupport } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { ScenarioError, type ScenarioProblem } from '../file/scenario-error.js';
import { parseScenario } from '../file/scenario-file.js';

const scenario = `version: 1
population: { peers: 10 }
phases: [{ kind: steady, duration: 5m }]
observers:
`;

function problems(...observers: string[]): readonly ScenarioProblem[] {
  const text = scenario + observers.map((one) => `  - ${one}\n`).join('');
  try {
    parseScenario({ file: 'x.yaml', text, overrides: [] });
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
  return [];
}

const { sandbox, network } = sandboxSupport();

it.skipIf(sandbox)('permissions are refused in their line where the runtime has no sandbox', () => {
  expect(
    problems('kademlia', '{ use: mesh, host: process, process: { permissions: { net: true } } }'),
  ).toMatchObject([
    {
      line: 6,
      key: 'observers.1.process.permissions',
      message: expect.stringMatching(/Node 22\.13 or later, but this is Node 20/) as string,
    },
  ]);
});

it.skipIf(!sandbox)(
  'permissions are refused in their line when the runtime cannot hold them',
  () => {
    const granted = (net: boolean) =>
      `{ use: mesh, host: process, process: { permissions: { net: ${net} } } }`;
    expect(problems(granted(true))).toEqual([]);
    const where = { line: 5, key: 'observers.0.process.permissions.net' };
    expect(problems(granted(false))).toMatchObject(network ? [] : [where]);
  },
);

it('those of a group that are said to be run in different ways are named, both, in the line of the second', () => {
  const first = '{ use: mesh, host: process, process: { group: one, nice: 2 } }';
  const second = '{ use: kademlia, host: process, process: { group: one, nice: 3 } }';
  const other = '{ use: validators, host: process, process: { group: two, nice: 4 } }';
  expect(problems(first, other)).toEqual([]);
  expect(problems(first, other, second)).toMatchObject([
    {
      line: 7,
      key: 'observers.2.process.nice',
      message: "expected what observer 'mesh' has, for both are in the process of group 'one'",
    },
  ]);
});

it('a process is refused in its line where the observer has none', () => {
  expect(problems('{ use: mesh, process: { nice: 2 } }')).toMatchObject([
    { line: 5, key: 'observers.0.process' },
  ]);
});
