import { describe, expect, it } from 'vitest';
import { hangCodes } from '../fixtures/hang-codes.js';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

interface Row {
  readonly fault: string;
  readonly detectedAs: string;
  readonly outcome: string;
  readonly eventsLostByOthers: number | null;
  readonly zombies: number | null;
  readonly exception?: string;
}

/**
 * Tries faults by the command, as a user would, and gives what is promised on any machine, at
 * whatever rate: a low one leaves the processors to other tests.
 */
async function matrix(...args: string[]): Promise<{ code: number | null; rows: Row[] }> {
  const { code, stdout, stderr } = await panoptes(
    ...['faults', '--matrix', '--json', '--rate', '2000'],
    ...args,
  );
  expect(stderr).toBe('');
  const document = JSON.parse(stdout) as { schema: string; node: string; rows: Row[] };
  expect(document).toMatchObject({
    schema: 'panoptes.faults-matrix/1',
    node: process.version,
    host: args.includes('process') ? 'process' : 'thread',
    observers: 10,
    interrupted: false,
  });
  for (const row of document.rows) {
    const figures = ['detectMs', 'recoveredMs', 'othersThroughputShare', 'longestStallMs'];
    for (const figure of figures) expect(row).toHaveProperty(figure);
  }
  return { code, rows: document.rows };
}

const one = (codes: RegExp) => expect.stringMatching(codes) as string;
/** A leak in one loop is a hang as well: which is noticed first depends on how fast it grows. */
const leaking = /^(?:memory|hung|stuck)$/;

/** What is promised of one of ten observers, by what it does. */
const promised = [
  ['throws-in-events', 'error', 'restarted'],
  ['throws-in-setup', 'error', 'restarted'],
  ['throws-in-query', 'QUERY_FAILED', 'unharmed'],
  ['throws-in-teardown', 'error', 'stopped'],
  ['exit', 'exit-3', 'restarted'],
  ['never-resolves', one(hangCodes.waiting), 'restarted'],
  ['loop', one(hangCodes.busy), 'restarted'],
  ['loop-in-query', one(hangCodes.busy), 'restarted'],
  ['flood-output', 'output-lost', 'unharmed'],
  ['gigantic-result', 'QUERY_FAILED', 'unharmed'],
  ['prototype-pollution', 'messages-dropped', 'unharmed'],
  ['crashes-on-seq', 'error', 'restarted'],
  ['lies-about-cursor', 'nothing', 'unharmed'],
];

describe('of ten observers one', () => {
  it('is noticed as what it is, and the other nine lose nothing', async () => {
    const { code, rows } = await matrix(...promised.map(([fault]) => fault!));
    const found = rows.map(({ fault, detectedAs, outcome }) => [fault, detectedAs, outcome]);
    expect(found).toEqual(promised);
    expect(rows.map((row) => row.eventsLostByOthers)).toEqual(rows.map(() => 0));
    expect(code).toBe(0);
  });

  it('leaks, and is ended before it takes the process down', async () => {
    const { code, rows } = await matrix('memory-objects', 'memory-buffers');
    expect(rows.map(({ fault }) => fault)).toEqual(['memory-objects', 'memory-buffers']);
    for (const row of rows) {
      expect(row).toMatchObject({ outcome: 'restarted', eventsLostByOthers: 0 });
      // It looped as well.
      expect(row.detectedAs).toMatch(leaking);
    }
    expect(code).toBe(0);
  });

  it('kills the process: that is said, with the reason, and costs one process only', async () => {
    const { code, rows } = await matrix('kill-process');
    const exception = expect.stringContaining('aimed at the process') as string;
    expect(rows).toMatchObject([
      { fault: 'kill-process', detectedAs: 'nothing', outcome: 'process died', exception },
    ]);
    expect(code).toBe(0);
  });
});

/** What threads cannot contain, or not always, and what goes other ways than a thread's. */
const contained = [
  ['throws-in-setup', 'error', 'restarted'],
  ['throws-in-snapshot', 'error', 'restarted'],
  ['kill-process', 'signal-SIGKILL', 'restarted'],
  ['native-crash', 'signal-SIGSEGV', 'restarted'],
  ['native-block-for-ever', one(hangCodes.busy), 'restarted'],
  ['memory-objects', one(leaking), 'restarted'],
  ['memory-buffers', one(leaking), 'restarted'],
  ['flood-output', 'output-lost', 'unharmed'],
  ['flood-messages', 'protocol', 'restarted'],
  ['prototype-pollution', 'protocol', 'restarted'],
  ['lies-about-cursor', 'protocol', 'restarted'],
];

it('P2 of ten observers in processes one does its worst, and the other nine lose nothing', async () => {
  const { code, rows } = await matrix('--host', 'process', ...contained.map(([fault]) => fault!));
  const found = rows.map(({ fault, detectedAs, outcome }) => [fault, detectedAs, outcome]);
  expect(found).toEqual(contained);
  expect(rows.map((row) => [row.eventsLostByOthers, row.zombies])).toEqual(rows.map(() => [0, 0]));
  expect(code).toBe(0);
});

describe('the list of faults', () => {
  it('says of each what it does and whether a thread contains it', async () => {
    const { code, stdout } = await panoptes('faults', '--json');
    expect(code).toBe(0);
    const { schema, faults } = JSON.parse(stdout) as {
      schema: string;
      faults: { name: string; about: string; contained: boolean; note?: string }[];
    };
    expect(schema).toBe('panoptes.faults/1');
    expect(faults.length).toBeGreaterThan(35);
    for (const { about, contained, note } of faults) {
      expect(about.length).toBeGreaterThan(10);
      if (!contained) expect(note).toMatch(/process/);
    }
    const uncontained = faults.filter(({ contained }) => !contained).map(({ name }) => name);
    expect(uncontained).toEqual(['kill-process', 'native-crash']);
  });

  it('says that a process contains every one of them', async () => {
    const { stdout } = await panoptes('faults', '--host', 'process', '--json');
    const { host, faults } = JSON.parse(stdout) as {
      host: string;
      faults: { name: string; contained: boolean; detectedAs: string[]; note?: string }[];
    };
    expect(host).toBe('process');
    expect(faults.length).toBeGreaterThan(35);
    expect(faults.filter(({ contained, note }) => !contained || note !== undefined)).toEqual([]);
    const unnoticed = faults.filter(({ detectedAs }) => detectedAs.includes('nothing'));
    expect(unnoticed).toEqual([]);
  });

  it('can be of a family, and is a table for people', async () => {
    const { stdout } = await panoptes('faults', 'looping');
    const rows = stdout.split('\n').filter((line) => line.startsWith('│ loop'));
    expect(rows.map((row) => row.split('│')[1]!.trim())).toEqual([
      'loop',
      'loop-microtasks',
      'loop-regex',
      'loop-in-query',
    ]);
  });

  it.each([
    [['lop'], "did you mean 'loop'?"],
    [['--rate', '0'], '--rate: expected a whole number from 1'],
    [['--host', 'inline'], "--host: expected 'thread' or 'process', got 'inline'"],
  ])('refuses %j with exit code 2', async (args, words) => {
    const { code, stdout, stderr } = await panoptes('faults', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});
