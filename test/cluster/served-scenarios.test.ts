import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTerminal } from '../fixtures/in-terminal.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { commandSession, endOf, startPanoptes } from '../fixtures/panoptes-command.js';
import { until } from '../fixtures/until.js';
import { ask } from '../dashboard/ask-dashboard.js';

const session = commandSession();
const network = ['kad', '--peers', '60', '--duration', '2h', '--seed', 'served'];
/** At this speed it takes a minute, so that it can be killed in the middle. */
const slowly = ['--speed', '120x'];

/** What a page has of the two commands. */
const tried = (page: string): string[] =>
  readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')
    .split('\n')
    .flatMap(
      (line) => /^\$ (?:npm run panoptes --|panoptes) ((?:serve|follow) .*)$/.exec(line)?.[1] ?? [],
    );

interface Served {
  readonly registryDigest: string;
  readonly logDigest: string;
  readonly verdict: string;
  readonly interrupted: boolean;
  readonly continued?: { readonly seq: number; readonly epoch: number };
  readonly stream: { readonly lastSeq: number; readonly streamSeq: number; readonly epoch: number };
  readonly observers: readonly { readonly name: string; readonly digest: string }[];
}

interface Followed {
  readonly schema: string;
  readonly kind: string;
  readonly seq: number;
  readonly epoch: number;
  readonly digest: string;
  readonly reason: string;
  readonly isReachable: boolean;
  readonly primary: { readonly pid: number } | null;
  readonly observers: readonly { readonly name: string; readonly digest: string }[];
}

describe.skipIf(noNatsServer)(
  `a scenario that is served (${noNatsServer ?? 'real server'})`,
  () => {
    let server: NatsServer;
    const running: ChildProcess[] = [];
    beforeAll(async () => {
      server = await NatsServer.start();
    });
    afterEach(() => {
      for (const child of running.splice(0)) child.kill('SIGKILL');
    });
    afterAll(() => server.end());

    const at = (name: string) => ['--cluster', server.url, '--name', name];

    /** Starts one, and collects what it says on stderr, line by line. */
    function start(...args: readonly string[]) {
      const child = startPanoptes(...args);
      running.push(child);
      const lines: Followed[] = [];
      const said = { stderr: '' };
      child.stderr!.on('data', (text: Buffer) => (said.stderr += text.toString()));
      if (args[0] === 'follow') {
        createInterface(child.stdout!).on('line', (line) =>
          lines.push(JSON.parse(line) as Followed),
        );
      }
      return { child, lines, said, ended: endOf(child) };
    }

    const serve = (name: string, ...more: readonly string[]) =>
      start('serve', ...network, ...at(name), '--json', ...more);
    const follow = (name: string, ...more: readonly string[]) =>
      start('follow', ...at(name), ...more);

    /** Waits for the end of what was served, which must be well. */
    async function served({ ended }: ReturnType<typeof start>): Promise<Served> {
      const { code, stdout, stderr } = await ended;
      expect([code, stderr]).toEqual([0, expect.stringContaining('the scenario has ended')]);
      return JSON.parse(stdout) as Served;
    }

    function expectSame(followed: Followed, run: Served): void {
      const digests = ({ observers }: Served | Followed) =>
        observers.map(({ name, digest }) => [name, digest]);
      expect(followed).toMatchObject({
        schema: 'panoptes.follow/1',
        kind: 'end',
        reason: 'until-seq',
        seq: run.stream.lastSeq,
        digest: run.registryDigest,
      });
      expect(digests(followed)).toEqual(digests(run));
    }

    it('C1 C3 C8 is followed through a primary that is killed and a server that is restarted, to equal peers', async () => {
      const first = serve('bounced', ...slowly);
      const whole = await alone();
      await until('it is served', () => first.said.stderr.includes("serving 'bounced'"));
      const follower = follow('bounced', '--until-seq', `${whole.stream.lastSeq}`);
      const seq = (): number => follower.lines.at(-1)?.seq ?? 0;
      await until('it follows', () => seq() > 60);
      first.child.kill('SIGKILL');
      expect((await first.ended).code).toBe(null);
      // Its lease runs out, and this one goes on.
      const second = serve('bounced', ...slowly);
      await until('it goes on', () =>
        second.said.stderr.includes('in epoch 2, where it was after'),
      );
      await until('that is followed', () => follower.lines.at(-1)?.epoch === 2);
      await until('it is told who leads', () =>
        follower.lines.some(({ primary }) => primary?.pid === second.child.pid),
      );
      await server.kill();
      await until('that is said', () => follower.said.stderr.includes(`server cannot be reached`));
      await server.restart();
      await until('that is said, too', () => follower.said.stderr.includes('answers again'));
      const before = seq();
      await until('it goes on again', () => seq() > before);
      second.child.kill('SIGINT');
      expect(await second.ended).toMatchObject({ code: 130 });
      const run = await served(serve('bounced', '--speed', 'max'));
      expect(run).toMatchObject({
        continued: { epoch: 3 },
        registryDigest: whole.registryDigest,
        logDigest: whole.logDigest,
        verdict: 'pass',
        stream: { streamSeq: whole.stream.lastSeq, epoch: 3 },
      });
      expect((await follower.ended).code).toBe(0);
      expectSame(follower.lines.at(-1)!, run);
      expect(follower.said.stderr).toMatch(/the server answers again\n/);
      expect(follower.said.stderr).toMatch(/epoch 2 has begun\n/);
    });

    it('leaves a report and no lease when it is asked to end, and is continued by the same command', async () => {
      const first = serve('asked', ...slowly, '--acknowledge', 'local');
      const follower = follow('asked');
      await until('it is served', () => first.said.stderr.includes("serving 'asked'"));
      first.child.kill('SIGTERM');
      const { code, stdout } = await first.ended;
      const report = JSON.parse(stdout) as Served;
      expect([code, report.interrupted, report.verdict]).toEqual([143, true, 'pass']);
      expect(report.stream.streamSeq).toBe(report.stream.lastSeq);
      const second = await served(serve('asked', '--speed', 'max'));
      expect(second).toMatchObject({
        verdict: 'pass',
        registryDigest: (await alone()).registryDigest,
      });
      follower.child.kill('SIGINT');
      // One that came before anything was there was refused.
      expect([2, 130]).toContain((await follower.ended).code);
    });

    it('stays the primary when that is wanted, until it is asked to end', async () => {
      const one = serve('staying', '--speed', 'max', '--stay');
      await until('it has ended', () => one.said.stderr.includes('this stays the primary'));
      const second = await session('serve', ...network, ...at('staying'));
      expect(second).toMatchObject({ code: 2, stdout: '' });
      expect(second.stderr).toContain(`another member is the primary: `);
      one.child.kill('SIGINT');
      await served(one);
    });

    it('is followed by observers of any kind, until a time, and on a dashboard', async () => {
      await served(serve('shown', '--speed', 'max'));
      const own = 'test/fixtures/tally.observer.mjs';
      const one = follow('shown', '--observers', `mesh*2@process,${own}`, '--dashboard', '0');
      const line = /^dashboard: http:\/\/127\.0\.0\.1:(\d+)\/\?token=(\S+)$/m;
      await until('it says where', () => line.test(one.said.stderr) && one.lines.length > 0);
      expect(one.lines[0]!.observers.map(({ name }) => name)).toEqual([
        'mesh-1',
        'mesh-2',
        'tally',
      ]);
      const [, port, token] = line.exec(one.said.stderr)!;
      const place = { port: Number(port), token: token! };
      const asked = async (path: string) => ask(place, { path });
      const { seq } = one.lines[0]!;
      expect((await asked('/api/overview')).json()).toMatchObject({
        about: [{ label: 'seq', value: `${seq}` }, { label: 'epoch' }, { label: 'behind' }, {}],
        figures: { replica: { follows: 1, lag: 0 }, store: null },
      });
      expect((await asked('/metrics')).text).toContain('\npanoptes_replica_following 1\n');
      const paused = await ask(place, { method: 'POST', path: '/api/observers/tally/pause' });
      expect(paused.status).toBe(200);
      await until('it is paused', () =>
        JSON.stringify(one.lines.at(-1)).includes('"name":"tally","state":"paused"'),
      );
      one.child.kill('SIGINT');
      expect((await one.ended).code).toBe(130);
      const brief = await session(
        'follow',
        ...at('shown'),
        '--observers',
        'none',
        '--for',
        '100ms',
      );
      expect([brief.code, JSON.parse(brief.stdout.split('\n').at(-2)!)]).toMatchObject([
        0,
        { kind: 'end', reason: 'for', seq, observers: [] },
      ]);
      const read = follow('shown', '--observers', 'none');
      await until('a line is read', () => read.lines.length > 0);
      read.child.stdout!.destroy();
      await until('nobody reads it, so it ends', () => read.child.exitCode !== null);
      expect(read.child.exitCode).toBe(0);
      const late = await session(
        'follow',
        ...at('shown'),
        '--until-seq',
        '99999',
        '--for',
        '100ms',
      );
      expect([late.code, late.stderr]).toEqual([
        1,
        expect.stringContaining(`transaction 99999 has not come in that time: it is at ${seq}`),
      ]);
    });

    it('is served and followed by the commands of the pages, as they stand there', async () => {
      const [serving, following] = tried('docs/DISTRIBUTED.md');
      expect(tried('README.md')).toEqual([serving, following]);
      const here = (line: string) => line.replace('nats://127.0.0.1:4222', server.url).split(' ');
      const one = start(...here(serving!));
      await until('it is served', () => one.said.stderr.includes("serving 'demo'"));
      const other = start(...here(following!));
      await until('it has all peers', () => (other.lines.at(-1)?.seq ?? 0) >= 1_000);
      for (const { child } of [other, one]) child.kill('SIGINT');
      expect(await other.ended).toMatchObject({ code: 130 });
      const { code, stdout } = await one.ended;
      expect(code).toBe(130);
      expect(stdout).toMatch(
        /^stream {8}demo at nats:\/\/\S+, epoch 1: has all 1,\d+ transactions$/m,
      );
      expect(stdout).toContain('pass (interrupted: ');
    });

    it('is shown on a terminal while it is followed, and how it was at the end', async (context) => {
      await served(serve('watched', '--speed', 'max'));
      const all = await inTerminal(
        context,
        `${process.execPath} packages/sim/bin/panoptes.js follow ${at('watched').join(' ')}`,
        [['validators', 'q']],
      );
      const shown = stripVTControlCharacters(all);
      expect(shown).toContain(`panoptes follow · watched at ${server.url}`);
      expect(shown).toContain('behind 0 transactions, 0 ms');
      expect(shown).toMatch(/followed +watched, registry [\da-f-]{36}/);
      expect(shown).toContain('│ validators │ live');
    });

    let reference: Promise<Served> | undefined;
    /** The same without any of this. */
    function alone(): Promise<Served> {
      reference ??= served(serve('alone', '--speed', 'max'));
      return reference;
    }
  },
);
