import { PeerNotFoundError } from '@panoptes/core';
import { Findings } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { aRun } from './run-document.fixture.js';
import { formatRun } from './run-text.js';
import { plain } from './screens.fixture.js';
import { type RunResult, summarize } from './summary.js';

const figures = {
  name: 'mesh',
  state: 'live',
  delivered: 9,
  lag: 0,
  resyncs: 0,
  restarts: 0,
  incarnation: 1,
  reasons: [],
};
const finding = { name: 'mesh', digest: 'm'.repeat(64), agrees: true, problem: undefined };
const log = { name: 'the log', digest: 'l'.repeat(64), agrees: true, problem: undefined };
const wrong = { digest: 'x', agrees: false, problem: 'differs' };
const result: RunResult = {
  source: { name: 'file.avt', kind: 'availability trace' },
  seed: 'abc',
  faults: [],
  fed: {
    events: 1_234,
    joins: 700,
    updates: 34,
    leaves: 500,
    peers: { initial: 100, peak: 300, mean: 250.123456, final: 200, distinct: 600 },
    spanMs: 86_400_000,
    interrupted: false,
    failure: undefined,
  },
  durationMs: 500,
  comparedWith: 'plain model',
  checks: 3,
  registry: { digest: 'r'.repeat(64), agrees: true, problem: undefined },
  log,
  rules: new Findings().verdicts(),
  observers: [{ figures, finding }],
};
/** What was refused. */
const sent = { at: 60_000, kind: 'patch', nodeId: 'ab', patch: {} } as const;
const event = { kind: 'patch', nodeId: 'ab', atMs: 60_000 };

/** A run with that outcome, and without thresholds, as text. */
function textOf(outcome: RunResult): string {
  const { observers, ...summary } = summarize(outcome);
  const timed = observers.map((one) => ({ ...one, latencyMs: aRun.latencyMs }));
  const { phases } = aRun;
  const own = { seed: 'abc', observers: timed, phases, thresholds: [] };
  return formatRun({ ...aRun, ...summary, ...own }, plain);
}

const broken = new Findings();
broken.broken({
  rule: 'W4',
  place: { observer: 'mesh', incarnation: 2, record: 7, offset: 99 },
  seq: 5,
  expected: 'transaction 4 after 3',
  got: 'transaction 5',
});
broken.broken({ rule: 'caps', expected: 'at most 1 peers', got: '2' });

describe('a summary', () => {
  it('passes when everything agrees', () => {
    const summary = summarize(result);
    expect(summary).toMatchObject({
      verdict: 'pass',
      upsertsPerSecond: 2_468,
      peers: { mean: 250.123 },
      logDigestMatches: true,
    });
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  });

  it.each([
    ['an observer', { observers: [{ figures, finding: { ...finding, ...wrong } }] }],
    [
      'an observer without a digest',
      { observers: [{ figures, finding: { ...finding, agrees: null } }] },
    ],
    ['the log', { log: { ...log, ...wrong } }],
    [
      'the registry',
      { registry: { digest: 'r', agrees: false, problem: 'expected 1 peer, got 2' } },
    ],
    ['a rule', { rules: broken.verdicts() }],
  ])('fails when %s disagrees', (_, change) => {
    expect(summarize({ ...result, ...change }).verdict).toBe('fail');
  });

  it('says that a log with a gap cannot be compared, which is no failure', () => {
    const summary = summarize({ ...result, log: { ...log, digest: 'gap', agrees: null } });
    expect(summary).toMatchObject({ logDigest: null, logDigestMatches: null, verdict: 'pass' });
  });

  it('fails when a command was refused, says with what, and compares no log', () => {
    const ended = (error: unknown): RunResult => ({
      ...result,
      fed: { ...result.fed, failure: { error, sent } },
    });
    const refused = new PeerNotFoundError('no such peer');
    expect(summarize(ended(refused))).toMatchObject({
      verdict: 'fail',
      failure: { code: 'PEER_NOT_FOUND', message: 'no such peer', event },
      logDigest: null,
      logDigestMatches: null,
    });
    expect(summarize(ended('odd')).failure).toEqual({ code: null, message: 'odd', event });
    expect(summarize(result)).not.toHaveProperty('failure');
  });

  it('has a row for an observer that is no longer registered', () => {
    const summary = summarize({ ...result, observers: [{ figures: undefined, finding }] });
    expect(summary.observers[0]).toMatchObject({ name: 'mesh', state: 'gone', delivered: 0 });
  });
});

describe('a run as text', () => {
  it('has the figures, a line for each observer, and the verdict last', () => {
    const text = textOf(result);
    expect(text).toContain('1,234: 700 joins, 34 updates, 500 leaves');
    expect(text).toContain('start 100, peak 300, mean 250.1, final 200, 600 different');
    expect(text).toMatch(/mesh +│ live +│ +9 │ +0 │ +0 │ +0 │ m{16}… │ equal/);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^pass: /);
    expect(text).not.toContain('\u001b');
  });

  it('says what differs, and what could not be asked', () => {
    const gone = { ...finding, ...wrong, digest: null, problem: 'its thread is gone' };
    const other = { figures, finding: { ...finding, ...wrong } };
    const observers = [{ figures, finding: gone }, other];
    const fed = { ...result.fed, interrupted: true };
    const text = textOf({ ...result, observers, fed });
    expect(text).toMatch(/│ none +│ not compared/);
    expect(text).toMatch(/│ x +│ differs/);
    expect(text).toContain('mesh: its thread is gone');
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^fail \(interrupted/);
  });

  it('says why a run ended early, and finds equal only what was compared', () => {
    const fed = { ...result.fed, failure: { error: new PeerNotFoundError('no such peer'), sent } };
    const text = textOf({ ...result, checks: 0, fed });
    expect(text).toMatch(/registry +r{16}… {2}not compared/);
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      "fail: the run ended early, since a command was refused: no such peer (PEER_NOT_FOUND), the patch of peer 'ab' at 1 m",
    );
  });
});

describe('broken rules as text', () => {
  it('are named with their places, after the ones that hold', () => {
    const rules = new Findings();
    rules.checked('W1', 1_000);
    const held = textOf({ ...result, rules: rules.verdicts() });
    expect(held).toContain('1 hold in 1,000 places; no occasion for: W2, W3');
    rules.add(broken.verdicts());
    const text = textOf({ ...result, rules: rules.verdicts() });
    expect(text).toContain('W4, caps broken');
    expect(text).toContain(
      'W4: mesh, incarnation 2, record 7, offset 99, seq 5, expected transaction 4 after 3, got transaction 5',
    );
    expect(text).toContain('caps: expected at most 1 peers, got 2');
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^fail: .* or a rule is broken$/);
  });
});
