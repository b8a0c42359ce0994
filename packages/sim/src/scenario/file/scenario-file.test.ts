import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarioSpans } from '../churn/phase-spans.js';
import { malformedScenarios } from './malformed-scenarios.fixture.js';
import { ScenarioError } from './scenario-error.js';
import { parseScenario, readScenarioSource } from './scenario-file.js';

const parse = (text: string, overrides: { key: string; value: unknown }[] = []) =>
  parseScenario({ file: 'x.yaml', text, overrides });

function refusal(text: string, overrides: { key: string; value: unknown }[] = []): ScenarioError {
  try {
    parse(text, overrides);
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const least = 'version: 1\npopulation: { peers: 10 }\nphases: [{ kind: steady, duration: 5m }]\n';

describe('a scenario', () => {
  it('has defaults for all but its version, population and phases, or source', () => {
    expect(parse(least)).toMatchObject({
      seed: '1',
      population: { peers: 10, availability: 0.5, classes: [{ name: 'peers', share: 1 }] },
      sessions: 'skype-superpeers',
      updates: { heartbeat: { every: 3_600_000 } },
      phases: [{ kind: 'steady', name: 'steady', duration: 300_000 }],
      observers: ['kademlia', 'mesh', 'validators'],
      registry: { log: 16 * 2 ** 20 },
      checks: { model: true },
    });
  });

  it('may play a recorded trace, and then has nothing of what is generated', () => {
    const recorded = parse('version: 1\nsource: { trace: a/b.avt, until: 2d }\n');
    expect(recorded).toMatchObject({
      source: { trace: 'a/b.avt', until: 2 * 86_400_000 },
      observers: ['kademlia', 'mesh', 'validators'],
      checks: { model: true },
    });
    for (const key of ['population', 'arrivals', 'sessions', 'updates', 'topology', 'phases']) {
      expect(recorded).not.toHaveProperty(key);
    }
    expect(scenarioSpans(recorded)).toMatchObject([{ startsAt: 0, endsAt: 2 * 86_400_000 }]);
  });

  it('says of each key that would have no effect beside a trace where it stands', () => {
    const both = refusal(
      `${least}updates: { heartbeat: { every: 1h } }\nsource: { trace: x.avt }\n`,
    );
    expect(both.problems.map(({ line, key }) => `${line} ${key}`)).toEqual([
      '2 population',
      '3 phases',
      '4 updates',
    ]);
    for (const { message } of both.problems) expect(message).toContain("beside 'source'");
    const set = refusal(least, [{ key: 'source.trace', value: 'x.avt' }]);
    expect(set.problems.map(({ key }) => key)).toEqual(['population', 'phases']);
    const swept = refusal('version: 1\nsource: { trace: x.avt }\n', [
      { key: 'population.peers', value: 5 },
    ]);
    expect(swept.problems).toMatchObject([{ key: 'population' }]);
  });

  it.each([
    ['source: { trace: "" }', 'source.trace', 'expected at least 1 character, got'],
    ['source: { trase: x.avt }', 'source.trase', "did you mean 'trace'?"],
    ['source: { trace: x.avt, until: soon }', 'source.until', 'expected a duration above 0'],
    ['source: x.avt', 'source', 'expected a mapping'],
    ['source:', 'source', 'expected a mapping'],
    [
      'source: { trace: x.avt }\nfaults: [{ fault: loop, phase: steady }]',
      'faults.0.phase',
      "expected one of trace, got 'steady'",
    ],
    [
      'source: { trace: x.avt, until: 1h }\nfaults: [{ fault: loop, at: 2h }]',
      'faults.0.at',
      'expected a time before the end of the run',
    ],
    [
      'source: { trace: x.avt, until: 1h }\nchecks: { every: 1s }',
      'checks.every',
      'expected at least 1.8 s',
    ],
    [
      'source: { trace: x.avt }\nthresholds: { phases.steady.joins: "> 1" }',
      'thresholds.phases.steady.joins',
      "there is no figure 'steady' in phases",
    ],
  ])('that plays a trace is refused with the place: %s', (text, key, words) => {
    const { problems } = refusal(`version: 1\n${text}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key });
    expect(problems[0]!.line).toBeGreaterThan(1);
    expect(problems[0]!.message).toContain(words);
  });

  it('takes one more item of a list from outside, whether there is such a list or not', () => {
    const loop = { fault: 'loop', observer: 'mesh' };
    const more = [{ key: 'faults.+', value: loop }];
    expect(parse(least, more).faults).toMatchObject([loop]);
    const own = 'faults: [{ fault: exit }]\n';
    expect(parse(least + own, [...more, ...more]).faults).toMatchObject([
      { fault: 'exit' },
      loop,
      loop,
    ]);
    expect(refusal(`${least}name: x\n`, [{ key: 'name.+', value: 1 }]).message).toContain(
      'name.+: cannot be set',
    );
  });

  it('may as well be JSON, indented with tabs', () => {
    const value = {
      version: 1,
      population: { peers: 10 },
      phases: [{ kind: 'steady', duration: '5m' }],
    };
    expect(parse(JSON.stringify(value, null, '\t'))).toEqual(parse(least));
  });

  it('reads units: durations as milliseconds, sizes as bytes', () => {
    const units =
      'updates: { heartbeat: { every: 100ms }, trust: { every: 2h } }\nregistry: { log: 64MiB }\n';
    expect(parse(least + units)).toMatchObject({
      updates: { heartbeat: { every: 100 }, trust: { every: 7_200_000 } },
      registry: { log: 67_108_864 },
    });
  });

  it('reads durations of several units', () => {
    const units = 'updates: { heartbeat: { every: 1h30m } }\n';
    expect(parse(least + units)).toMatchObject({ updates: { heartbeat: { every: 5_400_000 } } });
  });

  it('takes in other mappings with <<, and leaves keys that begin with x- alone', () => {
    const text = `version: 1
x-notes: [what, { ever: 1 }]
x-usual: &usual { duration: 5m, x-why: it is short }
x-crowd: &crowd { kind: flash-crowd, peers: 5, duration: 1h }
population: { peers: 10, x-of: us }
phases:
  - { <<: *usual, kind: steady }
  - { <<: [*crowd, *usual], peers: 7 }
observers: [{ use: mesh, options: { x-own: 1 } }]
`;
    expect(parse(text)).toMatchObject({
      population: { peers: 10 },
      phases: [
        { kind: 'steady', duration: 300_000 },
        { kind: 'flash-crowd', peers: 7, duration: 3_600_000 },
      ],
      observers: [{ options: { 'x-own': 1 } }],
    });
    expect(parse(text)).not.toHaveProperty('population.x-of');
    // What is wrong in what was taken in is told where it is taken in, or at its key.
    const wrong = refusal(text.replace('duration: 5m', 'duration: 5')).problems;
    expect(wrong.map(({ key, line }) => `${line} ${key}`)).toEqual(['7 phases.0.duration']);
  });

  it('is told from its text what a byte order mark and Windows line ends are', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'panoptes-scenario-')), 'x.yaml');
    writeFileSync(file, `\ufeff${least}`.replaceAll('\n', '\r\n'));
    expect(parseScenario(readScenarioSource(file))).toEqual(parse(least));
    writeFileSync(file, Buffer.from(`${least}name: \xff\n`, 'latin1'));
    expect(() => readScenarioSource(file)).toThrow(/x\.yaml:4:1: cannot be read: .*UTF-8/);
  });

  it('reads lists, ranges and logarithmic ranges of a sweep', () => {
    const sweep =
      'sweep: { grid: { a: [1, x], b: 2..8 step 3, c: log(10..1e4), d: log(1..100) points 5 } }\n';
    expect(parse(least + sweep).sweep?.grid).toEqual({
      a: [1, 'x'],
      b: [2, 5, 8],
      c: [10, 100, 1000, 10_000],
      d: [1, 3.16227766017, 10, 32, 100],
    });
  });
});

describe('a malformed scenario', () => {
  it.each(malformedScenarios)(
    'with $wrong is refused at its place',
    ({ text, line, key, says }) => {
      const { problems, message } = refusal(text);
      expect({ line: problems[0]!.line, key: problems[0]!.key }).toEqual({ line, key });
      expect(problems[0]!.message).toContain(says);
      expect(message).toMatch(new RegExp(`^x\\.yaml:${line}:\\d+: `));
    },
  );

  it('is refused with all that is wrong, in the order of the file', () => {
    const { problems } = refusal(
      'version: 1\nphases: [{ kind: steady, duration: 5 }]\npopulation: {}\nsed: 2\n',
    );
    expect(problems.map(({ line, key }) => `${line} ${key}`)).toEqual([
      '2 phases.0.duration',
      '3 population.peers',
      '4 sed',
    ]);
  });

  it('does not complain that a key is missing which is only misspelt', () => {
    expect(refusal(least.replace('peers', 'pears')).problems).toHaveLength(1);
  });

  it('is refused before its aliases multiply', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefg'.split('').map((name, at) => {
        const inner = 'abcdefg'[at]!;
        return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${inner}`).join(', ')}]`;
      }),
    ].join('\n');
    expect(refusal(bomb).message).toContain('Excessive alias count');
  });

  it('is refused, and in no time, however deep or wide it is', () => {
    const deep = `${least}name: ${'['.repeat(100_000)}`;
    expect(refusal(deep).message).toContain('x.yaml:');
    const wide = Array.from({ length: 20_000 }, (_, at) => `key${at}: 1\n`).join('');
    expect(refusal(least + wide).message).toContain('… and 19980 more');
  });

  it('cannot reach the prototypes of objects', () => {
    expect(refusal(`${least}__proto__: { polluted: true }\n`).problems[0]!.key).toBe('__proto__');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('keys set from outside', () => {
  it('replace those of the file, and may go where the file has nothing', () => {
    const overrides = [
      { key: 'population.peers', value: 500 },
      { key: 'phases.0.duration', value: '1h' },
      { key: 'thresholds.peers.mean', value: '> 400' },
    ];
    expect(parse(least, overrides)).toMatchObject({
      population: { peers: 500 },
      phases: [{ duration: 3_600_000 }],
      thresholds: { 'peers.mean': { operator: '>', value: 400 } },
    });
  });

  it('are refused by name, without a line', () => {
    const { message } = refusal(least, [{ key: 'population.peers', value: 0 }]);
    expect(message).toBe('x.yaml: population.peers: expected at least 1, got 0');
    const beyond = [{ key: 'phases.7.kind', value: 'steady' }];
    expect(refusal(least, beyond).message).toBe(
      'x.yaml: phases.7.kind: cannot be set: there is no phases.7: phases has 1 item',
    );
    expect(refusal(least, [{ key: 'phases.1.kind', value: 'steady' }]).problems).toHaveLength(1);
    const next = [{ key: 'phases.1', value: { kind: 'steady', name: 'b', duration: '1m' } }];
    expect(parse(least, next)).toMatchObject({ phases: [{}, { name: 'b' }] });
    expect(refusal(least, [{ key: 'version.x', value: 0 }]).message).toContain('cannot be set');
  });
});
