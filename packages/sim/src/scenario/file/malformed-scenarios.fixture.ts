/** A scenario that must be refused, and how. */
export interface MalformedScenario {
  readonly wrong: string;
  readonly text: string;
  readonly line: number;
  readonly key: string;
  /** Part of the message: what was expected, or what was probably meant. */
  readonly says: string;
}

const good = {
  version: 'version: 1',
  population: 'population: { peers: 10 }',
  phases: 'phases: [{ kind: steady, duration: 5m }]',
};

/** A good scenario of three lines, some of them replaced, and more from line 4 on. */
function scenario(change: Partial<typeof good>, ...more: string[]): string {
  const { version, population, phases } = { ...good, ...change };
  return [version, population, phases, ...more, ''].join('\n');
}

type Row = readonly [wrong: string, text: string, line: number, key: string, says: string];

const durationHelp = 'expected a duration above 0 with a unit';

// One scenario a line, as in a table.
// prettier-ignore
const rows: readonly Row[] = [
  ['no YAML', scenario({}, 'observers: [mesh'), 5, '', 'expected YAML or JSON'],
  ['a tab', scenario({}, 'topology:', '\tmodel: none'), 5, '', 'expected YAML or JSON'],
  ['no mapping', '- version: 1\n', 1, '', "expected a mapping with keys such as 'version'"],
  ['nothing at all', '', 1, '', 'expected a mapping'],
  ['a key twice', scenario({}, 'seed: 1', 'seed: 2'), 5, '', 'Map keys must be unique'],
  ['two documents', scenario({}, '---', 'version: 1'), 4, '', 'expected YAML or JSON'],
  ['bad JSON', '{"version": 1,\n "population": {"peers": 10},,\n}', 2, '', 'expected YAML or JSON'],
  ['no version', scenario({ version: 'name: x' }), 1, 'version', 'missing; expected 1'],
  ['another version', scenario({ version: 'version: 2' }), 1, 'version', 'expected 1, got 2'],
  ['an unknown key', scenario({}, 'seeed: 5'), 4, 'seeed', "unknown key; did you mean 'seed'?"],
  ['a far key', scenario({}, 'wombat: 5'), 4, 'wombat', 'unknown key; known here: version, name'],
  ['a key within', scenario({ population: 'population: { pears: 10 }' }), 2, 'population.pears', "did you mean 'peers'?"],
  ['no peers', scenario({ population: 'population: {}' }), 2, 'population.peers', 'missing; expected a number'],
  ['half a peer', scenario({ population: 'population: { peers: 1.5 }' }), 2, 'population.peers', 'expected a whole number, got 1.5'],
  ['too many peers', scenario({ population: 'population: { peers: 9000000 }' }), 2, 'population.peers', 'expected at most 2000000, got 9000000'],
  ['words for a number', scenario({ population: 'population: { peers: many }' }), 2, 'population.peers', "expected a number, got 'many'"],
  ['shares over 1', scenario({}, 'sessions: kad', 'topology: { model: none }').replace('{ peers: 10 }', '{ peers: 10, classes: [{ name: a, share: 0.7 }, { name: b, share: 0.7 }] }'), 2, 'population.classes', 'expected shares that add up to 1, got 1.4'],
  ['a class twice', scenario({ population: 'population: { peers: 10, classes: [{ name: a, share: 0.5 }, { name: a, share: 0.5 }] }', }), 2, 'population.classes.1', "expected a name of its own, got 'a' again"],
  ['an unknown tier', scenario({ population: 'population: { peers: 10, classes: [{ name: a, share: 1, tiers: { teir1: 1 } }] }', }), 2, 'population.classes.0.tiers.teir1', "did you mean 'tier1'?"],
  ['a class name in capitals', scenario({ population: 'population: { peers: 10, classes: [{ name: Fast, share: 1 }] }' }), 2, 'population.classes.0.name', 'expected lowercase letters'],
  ['an unknown network', scenario({}, 'sessions: kat'), 4, 'sessions', "did you mean 'kad'?"],
  ['an unknown distribution', scenario({}, 'sessions:', ' distribution: weibul', ' shape: 1'), 5, 'sessions.distribution', "did you mean 'weibull'?"],
  ['a missing parameter', scenario({}, 'sessions: { distribution: weibull, shape: 0.5 }'), 4, 'sessions.scale', `missing; ${durationHelp}`],
  ['a misspelt parameter', scenario({}, 'sessions: { distribution: lognormal, medain: 1h, sigma: 1 }'), 4, 'sessions.medain', "did you mean 'median'?"],
  ['a Pareto without a mean', scenario({}, 'sessions: { distribution: pareto, shape: 1, minimum: 1m }'), 4, 'sessions.shape', 'expected at least 1.05, got 1'],
  ['a duration without a unit', scenario({ phases: 'phases: [{ kind: steady, duration: 5 }]' }), 3, 'phases.0.duration', `${durationHelp} (ms, s, m, h, d or w), such as 90s, 1h30m or 2d, got 5`],
  ['a unit spelt out', scenario({ phases: 'phases: [{ kind: steady, duration: 5 minutes }]' }), 3, 'phases.0.duration', "got '5 minutes'"],
  ['no time at all', scenario({ phases: 'phases: [{ kind: steady, duration: 0s }]' }), 3, 'phases.0.duration', durationHelp],
  ['no phases', scenario({ phases: 'phases: []' }), 3, 'phases', 'expected at least 1 item, got'],
  ['an unknown phase', scenario({ phases: 'phases: [{ kind: flash-crowds, duration: 5m }]' }), 3, 'phases.0.kind', "did you mean 'flash-crowd'?"],
  ['a crowd without peers', scenario({ phases: 'phases: [{ kind: flash-crowd, duration: 5m }]' }), 3, 'phases.0.peers', 'missing; expected a number'],
  ['a phase twice', scenario({ phases: 'phases: [{ kind: steady, duration: 5m }, { kind: steady, duration: 5m }]', }), 3, 'phases.1', "expected a name of its own, got 'steady' again"],
  ['a late warm-up', scenario({ phases: 'phases: [{ kind: steady, duration: 5m }, { kind: warm-up, duration: 5m }]', }), 3, 'phases.1.kind', 'expected warm-up only as the first phase'],
  ['a phase of a class that is not there', scenario({ phases: 'phases: [{ kind: partition, duration: 5m, class: peer }]' }), 3, 'phases.0.class', "expected one of peers, got 'peer'; did you mean 'peers'?"],
  ['a crowd like a class that is not there', scenario({ phases: 'phases: [{ kind: steady, duration: 5m }, { kind: flash-crowd, duration: 5m, peers: 5, class: laptops }]' }), 3, 'phases.1.class', "expected one of peers, got 'laptops'"],
  ['a start that is no time', scenario({ phases: 'phases: [{ kind: steady, duration: 5m, starts: 3 }]' }), 3, 'phases.0.starts', 'expected a time from 0s on with a unit (ms, s, m, h, d or w), such as 0s, 90s or 1h30m, got 3'],
  ['a start before the run', scenario({ phases: 'phases: [{ kind: steady, duration: 5m, starts: -5m }]' }), 3, 'phases.0.starts', "got '-5m'"],
  ['a misspelt start', scenario({ phases: 'phases: [{ kind: steady, duration: 5m, start: 5m }]' }), 3, 'phases.0.start', "unknown key; did you mean 'starts'?"],
  ['a warm-up that begins later', scenario({ phases: 'phases: [{ kind: warm-up, duration: 5m, starts: 5m }]' }), 3, 'phases.0.starts', 'expected 0s, or none: what warms up does so from the start of the run'],
  ['a departure that comes first', scenario({ phases: 'phases: [{ kind: mass-departure, duration: 5m }, { kind: steady, duration: 5m }]' }), 3, 'phases.0', 'expected a phase before it, or starts above 0s: nobody is there to leave before the run begins'],
  ['a departure before anybody is there', scenario({ phases: 'phases: [{ kind: steady, duration: 5m }, { kind: mass-departure, starts: 0s, duration: 5m }]' }), 3, 'phases.1.starts', 'expected a time above 0s: nobody is there to leave before the run begins'],
  ['too many phases at a time', scenario({ phases: `phases: [${Array.from({ length: 11 }, (_, at) => `{ kind: steady, name: s${at}, duration: ${20 - at}m, starts: ${at}m }`).join(', ')}]` }), 3, 'phases.10.starts', 'expected at most 10 phases at a time, got one more'],
  ['a fault after the end of its phase', scenario({ phases: 'phases: [{ kind: steady, duration: 5m }, { kind: steady, name: late, starts: 1m, duration: 1m }]' }, 'faults: [{ fault: loop, phase: late, at: 2m }]'), 4, 'faults.0.at', 'expected a time before the end of late'],
  ['a fault after the end of the run', scenario({ phases: 'phases: [{ kind: steady, duration: 5m }, { kind: steady, name: late, starts: 1m, duration: 1m }]' }, 'faults: [{ fault: loop, at: 6m }]'), 4, 'faults.0.at', 'expected a time before the end of the run'],
  ['a class for a phase that strikes nobody', scenario({ phases: 'phases: [{ kind: steady, duration: 5m, class: peers }]' }), 3, 'phases.0.class', 'unknown key'],
  ['validators of one class', scenario({ population: 'population: { peers: 10, classes: [{ name: a, share: 1, updates: { validators: { every: 5m } } }] }' }), 2, 'population.classes.0.updates.validators', 'unknown key'],
  ['an unknown observer', scenario({}, 'observers:', ' - mesh', ' - kademlai'), 6, 'observers.1', "did you mean 'kademlia'?"],
  ['a vote of one that has none', scenario({}, 'observers: [mesh, { use: kademlia, onUnavailable: wait }]'), 4, 'observers.1.onUnavailable', "only an observer with role 'critical' has it"],
  ['an observer twice', scenario({}, 'observers: [mesh, mesh]'), 4, 'observers.1', "expected a name of its own, got 'mesh' again"],
  ['a host that a module does not have', scenario({}, 'observers: [{ module: a.mjs, host: inline }]'), 4, 'observers.0.host', "expected one of thread, process, got 'inline'"],
  ['a key of no kind of observer', scenario({}, 'observers: [{ use: mesh, hots: inline }]'), 4, 'observers.0.hots', "did you mean 'host'?"],
  ['both kinds of observer', scenario({}, 'observers: [mesh, { use: mesh, module: a.mjs, role: critical }]'), 4, 'observers.1.module', "expected none beside 'use'"],
  ['too little memory', scenario({}, 'observers: [mesh, { use: kademlia, memory: 31MiB }]'), 4, 'observers.1.memory', "expected a size from 32MiB to 2GiB, got '31MiB'"],
  ['too much memory', scenario({}, 'observers: [{ module: a.mjs, memory: 2049MiB }]'), 4, 'observers.0.memory', "expected a size from 32MiB to 2GiB, got '2049MiB'"],
  ['too many observers', scenario({}, 'observers: [{ use: mesh, count: 40 }, { use: kademlia, count: 10 }]'), 4, 'observers', 'expected at most 49 in all, got 50'],
  ['an observer that is not there', scenario({}, 'observers: [mesh]', 'faults: [{ fault: loop, observer: mash }]'), 5, 'faults.0.observer', "expected one of mesh, got 'mash'"],
  ['a fault without a wall', scenario({}, 'observers: [{ use: mesh, host: inline }]', 'faults: [{ fault: loop, observer: mesh }]'), 5, 'faults.0.observer', "expected an observer on a thread or in a process: 'mesh' would break the run"],
  ['a fault that there is not', scenario({}, 'observers: [mesh]', 'faults: [{ fault: lop, observer: mesh }]'), 5, 'faults.0.fault', "did you mean 'loop'?"],
  ['the beginning of a fault', scenario({}, 'observers: [mesh]', 'faults: [{ fault: throw, observer: mesh }]'), 5, 'faults.0.fault', "did you mean 'throws-in-setup'?"],
  ['a fault after the end', scenario({}, 'observers: [mesh]', 'faults: [{ fault: loop, observer: mesh, at: 6m }]'), 5, 'faults.0.at', 'expected a time before the end of the run'],
  ['an odd size', scenario({}, 'registry: { log: 3MiB }'), 4, 'registry.log', 'expected a power of two from 1MiB to 1GiB'],
  ['a short patience', scenario({}, 'registry: { hangTimeout: 50ms }'), 4, 'registry.hangTimeout', 'expected a time from 1s to 1d'],
  ['a size in megabytes', scenario({}, 'registry: { log: 16MB }'), 4, 'registry.log', 'such as 64MiB'],
  ['a condition without an operator', scenario({}, 'thresholds:', ' peers.mean: 900'), 5, 'thresholds.peers.mean', 'expected an operator'],
  ['an order of words', scenario({}, 'thresholds: { verdict: "< pass" }'), 4, 'thresholds.verdict', 'expected a number or a duration after <'],
  ['a condition on an observer that is not there', scenario({}, 'observers: [mesh]', 'thresholds: { observers.mehs.lag: "< 5" }'), 5, 'thresholds.observers.mehs.lag', "there is no figure 'mehs' in observers; did you mean 'mesh'?"],
  ['a misspelt figure of a phase', scenario({}, 'observers: [mesh]', 'thresholds: { phases.*.observers.mesh.latnecyMs.p99: "< 5" }'), 5, 'thresholds.phases.*.observers.mesh.latnecyMs.p99', "did you mean 'latencyMs'?"],
  ['a condition on a phase that is not there', scenario({}, 'thresholds:', ' phases.steday.peers.mean: "> 1"'), 5, 'thresholds.phases.steday.peers.mean', "did you mean 'steady'?"],
  ['a condition on a figure that there is not', scenario({}, 'thresholds: { peers.maen: ["> 1", "< 5"] }'), 4, 'thresholds.peers.maen', "did you mean 'mean'?"],
  ['a condition on a group', scenario({}, 'thresholds: { peers: "> 1" }'), 4, 'thresholds.peers', 'peers is a group of figures'],
  ['a condition on a number that is a word', scenario({}, 'thresholds: { peers.mean: "== high" }'), 4, 'thresholds.peers.mean', 'peers.mean is a number, which cannot be compared with high'],
  ['a table of a figure that there is not', scenario({}, 'sweep: { replications: 2, figures: [events, latencyMs.p95] }'), 4, 'sweep.figures.1', "there is no figure 'p95' in latencyMs; did you mean"],
  ['a table of words', scenario({}, 'sweep: { replications: 2, figures: [verdict] }'), 4, 'sweep.figures.0', 'expected numbers, but verdict is none'],
  ['a merge of what is no mapping', scenario({}, 'topology:', ' <<: 5', ' model: none'), 5, '', "a mapping, or a list of them, after '<<'"],
  ['an alias of nothing', scenario({}, 'topology: *none'), 4, '', "there is no '&none' before it"],
  ['a range that falls', scenario({}, 'sweep:', ' grid: { population.peers: 200..2 step 2 }'), 5, 'sweep.grid.population.peers', 'such as 2..200 step 2'],
  ['a logarithm of nothing', scenario({}, 'sweep: { grid: { population.peers: log(0..10) } }'), 4, 'sweep.grid.population.peers', 'rising'],
  ['a zip of unequal lists', scenario({}, 'sweep: { zip: { seed: [1, 2], population.peers: [1, 2, 3] } }'), 4, 'sweep.zip', 'expected as many values of each key'],
  ['a sweep of nothing', scenario({}, 'sweep: {}'), 4, 'sweep', 'expected a grid, a zip or replications'],
  ['a mesh for two classes', scenario({ population: 'population: { peers: 10, classes: [{ name: a, share: 0.5 }, { name: b, share: 0.5 }] }', }, 'topology: { model: file, file: mesh.json }'), 2, 'population.classes', 'expected one class of peers'],
  ['too many samples', scenario({}, 'checks: { every: 1ms }'), 4, 'checks.every', 'for 2000 samples of the run at most'],
];

/** Scenarios that are wrong in one way each. */
export const malformedScenarios: readonly MalformedScenario[] = rows.map(
  ([wrong, text, line, key, says]) => ({ wrong, text, line, key, says }),
);
