import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { cutInTheMiddle } from './html/chart-parts.js';
import { htmlReport } from './html/html-report.js';
import { runPicture } from './html/picture.js';
import { sweepReport } from './html/sweep-report.js';
import { junitOf } from './junit.js';
import { aRun } from './run-document.fixture.js';
import { makeFolder, readRunDocument, writeRunFiles } from './run-files.js';
import { formatRun } from './run-text.js';
import { plain } from './screens.fixture.js';
import { seriesCsv } from './series-csv.js';
import { measuredFigures } from './threshold-text.js';
import { aSweep } from './sweep-document.fixture.js';
import { formatSweep } from './sweep-text.js';

/** Tags that are opened and not closed, or closed and not opened. */
function unbalanced(markup: string): string[] {
  const empty = new Set(['meta', 'path', 'rect', 'circle', 'br', '!doctype']);
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, close, name, self] of markup
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .matchAll(/<(\/?)([!\w]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close === '/') {
      if (open.pop() !== name) wrong.push(name!);
    } else if (
      self !== '/' &&
      !(empty.has(name!.toLowerCase()) && !markup.includes(`</${name!}>`))
    ) {
      open.push(name!);
    }
  }
  return [...wrong, ...open.filter((name) => !empty.has(name))];
}

describe('the HTML report', () => {
  const html = htmlReport(aRun);

  it('is one file that needs nothing else', () => {
    for (const markup of [html, sweepReport(aSweep), runPicture(aRun)]) {
      expect(markup).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
      expect(markup).not.toMatch(/<(?:script [^>]|link|img|iframe)|src=|url\((?!#)|@import/);
      expect(markup).toContain('prefers-color-scheme:dark');
    }
    expect(html).toContain('@media print');
  });

  it('says why a run ended early', () => {
    const failure = { code: 'OBSERVER_VETO', message: 'vetoed <by> all' };
    const early = htmlReport({ ...aRun, failure, logDigest: null });
    expect(early).toContain('It ended early, since a command was refused: vetoed &lt;by&gt; all');
    expect(early).toContain('none: the run ended early');
    expect(junitOf({ ...aRun, failure })).toContain(
      'name="was played to its end"><failure message="since a command was refused: vetoed',
    );
  });

  it('says where a run went on that an earlier life of its registry had begun', () => {
    expect(html).not.toContain('It went on');
    const pages = [true, false].map((wasWhole) =>
      htmlReport({ ...aRun, continued: { seq: 4_096, epoch: 3, wasWhole } }),
    );
    expect(pages[0]).toContain('It went on at transaction 4,096, which was its last');
    expect(pages[1]).toContain(
      'It went on after transaction 4,096, which the store held; life 3 of the registry.',
    );
  });

  it('shows the course of the run, its phases, and what went wrong', () => {
    for (const title of [
      'Peers online',
      'Churn',
      'Throughput',
      'Observers',
      'Lag of the observers',
      'Latency',
      'Memory',
      'Memory of the observers',
      'Phases',
      'Faults',
      'Ends of incarnations',
      'Skipped entries',
      'Thresholds',
      'Rules',
    ]) {
      expect(html).toContain(`<h2>${title}</h2>`);
    }
    expect(html).toContain('2 restarts by 40 s');
    expect(html).toContain('1 resync by 1 m 20 s');
    expect(html).toContain('throws, 50 s');
    expect(html).toContain('W4: seq 9, expected transaction &lt;9&gt;');
    expect(html).toContain('<td class="n" data-head="p99">12.5 ms</td>');
    expect(html).toContain('<div class="verdict fail">fail</div>');
    expect(html).toContain('seed 7, 2026-01-31 12:00:00 UTC');
    expect(html).toContain('Abacus 3000, 2 cores, Node v20.0.0');
    expect(html).toMatch(/uncaught.*it &lt;threw&gt;.*throws.*50 s.*12 ms.*340 ms/);
    expect(html).toContain('3.5, 7');
    expect(html).toContain('6.25, 8.5 MiB');
    expect(html).toContain('2,000, of which these are the first');
    expect(html).toMatch(/a\.json.*nodes\[3\]\.score.*expected &lt;text&gt;/);
  });

  it('has one verdict, the gravest', () => {
    const good = { ...aRun, verdict: 'pass', thresholds: [] } as const;
    const failure = { code: null, message: 'no' };
    for (const [part, kind, words] of [
      [{ interrupted: true }, 'part', 'interrupted'],
      [{ thresholds: aRun.thresholds, interrupted: true }, 'fail', '2 of 3 thresholds fail'],
      [{ thresholds: aRun.thresholds, verdict: 'fail' }, 'fail', 'fail'],
      [{ failure, verdict: 'fail', interrupted: true }, 'fail', 'ended early'],
      [{}, 'pass', 'pass'],
    ] as const) {
      expect(htmlReport({ ...good, ...part })).toContain(
        `<div class="verdict ${kind}">${words}</div>`,
      );
    }
  });

  it('tells states by more than their colours', () => {
    const states = ['starting', 'syncing', 'lagging', 'backoff', 'crashed', 'stuck'];
    const [course] = aRun.series.observers;
    const all = states.map((state) => ({ ...course!, name: state, state: Array(4).fill(state) }));
    const shown = htmlReport({ ...aRun, series: { ...aRun.series, observers: all } });
    const patterns = states.map((state) => {
      expect(shown).toContain(`fill="url(#state-${state})"`);
      return new RegExp(`<pattern id="state-${state}".*? d="(.*?)"`).exec(shown)![1];
    });
    expect(new Set(patterns).size).toBe(states.length);
  });

  it('escapes what it shows', () => {
    expect(html).toContain('a &lt;run&gt; &amp; &quot;more&quot;');
    expect(html).toContain('differs &lt;here&gt;');
    expect(html).toContain('version: 1 # &lt;!-- --&gt;');
  });

  it('puts every value within its chart', () => {
    for (const markup of [html, sweepReport(aSweep)]) {
      const lines = [...markup.matchAll(/class="line"[^>]* d="M([^"]+)"/g)];
      expect(lines.length).toBeGreaterThan(1);
      for (const [, path] of lines) {
        for (const point of path!.replaceAll('h0', '').split(/[LM]/)) {
          const [x, y] = point.split(' ').map(Number);
          expect(x! >= 86 && x! <= 904 && y! >= 38 && y! <= 204).toBe(true);
        }
      }
    }
  });

  it('cuts names in their middle, for those of a kind differ at their ends', () => {
    const names = ['kademlia-of-the-north-1', 'kademlia-of-the-north-2'];
    const cut = names.map((name) => cutInTheMiddle(name, 15));
    expect(cut).toEqual(['kademli…north-1', 'kademli…north-2']);
    expect(cutInTheMiddle('kademlia-1', 10)).toBe('kademlia-1');
    const family = '👩‍👩‍👧'.repeat(9);
    expect(cutInTheMiddle(family, 3)).toBe('👩‍👩‍👧…👩‍👩‍👧');
  });

  it('closes what it opens', () => {
    expect(unbalanced('<p><b></p>')).not.toEqual([]);
    for (const markup of [html, sweepReport(aSweep), runPicture(aRun)]) {
      expect(unbalanced(markup)).toEqual([]);
    }
  });
});

describe('the reports of a run', () => {
  it('are a table of samples as CSV', () => {
    const [head, first, ...rest] = seriesCsv(aRun.series).trimEnd().split('\n');
    expect(head).toBe(
      'at_ms,real_ms,online,joins,updates,leaves,rss_mib,mesh.state,mesh.lag,mesh.delivered,mesh.resyncs,mesh.restarts,mesh.memory_mib,mesh.latency_ms,' +
        'mesh.metrics.links,mesh.metrics.drift,mesh.metrics.sizes.count,mesh.metrics.sizes.mean,' +
        'mesh.metrics.sizes.p50,mesh.metrics.sizes.p99',
    );
    expect(first).toBe('0,0,0,0,0,0,150,live,0,0,0,0,4,,5,-4,,,,');
    expect(rest[0]).toBe('40000,400,12,12,5,0,160,backoff,7,17,0,2,,0.8,10,0,,,,');
    expect(rest).toHaveLength(3);
  });

  it('are JUnit, with a test for each threshold, each rule and each comparison', () => {
    const junit = junitOf(aRun);
    const totals = `tests="9" failures="4" skipped="0" time="${(aRun.durationMs / 1000).toFixed(3)}"`;
    expect(junit.split(totals)).toHaveLength(3);
    expect(junit).toContain('<testcase classname="rules" name="W1"/>');
    expect(junit).toContain('<failure message="W4: seq 9, expected transaction &lt;9&gt;');
    expect(junit).toContain('<testcase classname="thresholds" name="peers.mean &gt;= 10"/>');
    expect(junit).toContain('name="peers.mean &lt; 10"><failure message="is 15.5"/>');
    expect(junit).toContain('<failure message="differs &lt;here&gt;"/>');
    expect(unbalanced(junit.replace(/<\?xml.*\?>/, ''))).toEqual([]);
  });

  it('are text, with the seed and every threshold', () => {
    const text = formatRun(aRun, plain);
    expect(text.match(/seed 7/g)).toHaveLength(1);
    expect(text).toContain('fails  peers.mean < 10  is 15.5');
    expect(text).toContain("fails  nowhere == 0  there is no figure 'nowhere'");
    expect(text).toContain('2 of 3 thresholds fail');
    expect(text).toMatch(/mesh .* 3 .* 0 µs .* 800 µs .* 12\.5 ms .* 40 ms/);
    expect(text).toMatch(/mesh .* links .* count .* 12 .* 5 .* 12 /);
    expect(text).toMatch(/mesh .* drift .* ms .* none .* -4 .* 2\.5 /);
    expect(text).toMatch(/mesh .* sizes\.p99 .* count .* none .* 4 .* 4 /);
    expect(formatSweep(aSweep, plain)).toContain('100 ± 10');
  });

  it('sum up a condition on many figures by their ends', () => {
    const judged = (...values: readonly number[]) =>
      measuredFigures({
        figure: 'observers.*.lag',
        condition: '== 0',
        passed: false,
        actual: values.map((value, at) => ({ figure: `observers.o${at}.lag`, value })),
      });
    expect(judged(1, 2, 3)).toContain('observers.o1.lag is 2');
    expect(judged(5, 5, 0, 9)).toBe('4 from 0 (observers.o2.lag) to 9 (observers.o3.lag)');
    expect(judged(2, 2, 2, 2)).toBe('all 4 are 2');
  });

  it('are read again as they were written', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'panoptes-report-')), 'out');
    writeRunFiles(folder, aRun);
    expect(readRunDocument(folder)).toEqual(aRun);
    expect(readRunDocument(join(folder, 'summary.json'))).toEqual(aRun);
  });

  it('are refused when they are something else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'panoptes-report-'));
    expect(() => readRunDocument(folder)).toThrow('expected a run’s summary.json');
    writeFileSync(join(folder, 'summary.json'), '{"schema":"panoptes.summary/1"}');
    expect(() => readRunDocument(folder)).toThrow("expected a document of schema 'panoptes.run/3'");
    expect(() => readRunDocument('/dev/null')).toThrow('/dev/null: expected a run’s summary.json');
  });

  const [observer] = aRun.observers;
  const { series } = aRun;
  const [course] = series.observers;
  it.each([
    ['a figure that is markup', { events: '<b>60</b>' }, "events: expected a number, got '<b>60"],
    ['a figure below 0', { virtualMs: -1 }, 'virtualMs: expected at least 0, got -1'],
    ['a figure beyond all', { durationMs: 1e300 }, 'durationMs: expected at most 9007199254740991'],
    ['no figures at all', { observers: [{}] }, 'observers.0.name: missing; expected text'],
    ['another verdict', { verdict: 'fine' }, "verdict: expected one of pass, fail, got 'fine'"],
    ['an unknown rule', { violations: [{ rule: 'W99' }] }, 'violations.0.rule: expected one of'],
    ['another key', { surprise: 1 }, 'surprise: unknown key'],
    ['a state that is none', { observers: [{ ...observer, state: 1 }] }, 'observers.0.state: '],
    ['no course', { series: null }, 'series: expected a mapping, got null'],
    ['observers by key', { series: { ...series, observers: {} } }, 'series.observers: expected a'],
    [
      'a column that is too short',
      { series: { ...series, leaves: [0] } },
      "series: expected columns of 4 samples, like 'at'",
    ],
    [
      'a course without all memory',
      { series: { ...series, observers: [{ ...course, memoryMiB: [1, null] }] } },
      'series.observers.0: expected columns of one length',
    ],
    [
      'an uneven course',
      { series: { ...series, observers: [{ ...course, lag: [0] }] } },
      'series.observers.0: expected columns of one length',
    ],
    [
      'time that goes back',
      { series: { ...series, at: [0, 9, 3, 10] } },
      'series.at: expected times in order',
    ],
    ['no scenario', { scenario: { file: 'a.yaml' } }, 'scenario.text: missing; expected text'],
  ])('are refused with the place when they hold %s', (_, part, words) => {
    const folder = mkdtempSync(join(tmpdir(), 'panoptes-report-'));
    writeFileSync(join(folder, 'summary.json'), JSON.stringify({ ...aRun, ...part }));
    expect(() => readRunDocument(folder)).toThrow(words);
    expect(() => readRunDocument(folder)).toThrow(ConfigError);
  });
});

describe('a folder for reports', () => {
  it('is made with those above it, and refused where there can be none', () => {
    const base = mkdtempSync(join(tmpdir(), 'panoptes-report-'));
    const deep = join(base, 'a', 'b', 'c');
    makeFolder('--out', deep);
    makeFolder('--out', deep);
    expect(statSync(deep).isDirectory()).toBe(true);
    writeFileSync(join(base, 'file'), '');
    for (const taken of [join(base, 'file'), join(base, 'file', 'x')]) {
      expect(() => makeFolder('--out', taken)).toThrow(`--out: ${taken} cannot be written into: `);
    }
  });

  it.runIf(existsSync('/proc/self'))('is refused at once where the system makes none', () => {
    expect(() => makeFolder('--svg', '/proc/panoptes')).toThrow(
      '--svg: /proc/panoptes cannot be written into: ',
    );
  });
});
