import { once } from 'node:events';
import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { systemClock } from '@panoptes/core';
import { type Dashboard, startDashboard } from '@panoptes/dashboard';
import { type Terminal, main, openRegistry } from '@panoptes/sim';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTerminal } from '../fixtures/in-terminal.js';
import { commandSession } from '../fixtures/panoptes-command.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);
const panoptes = commandSession();
const nasty = 'x\u001b[2J\u202ey';

let registry: PeerRegistry;
let dashboard: Dashboard;
beforeAll(async () => {
  registry = await createRegistry({ logger: false });
  for (const name of ['mesh', 'kademlia', nasty]) {
    await registry.registerObserver({ module, host: 'inline', name });
  }
  await registry.upsert(peerNamed('a'));
  await registry.settled();
  dashboard = await startDashboard(registry, { liveIntervalMs: 250 });
});
afterAll(async () => {
  await dashboard.close();
  await registry.close();
});

/** A terminal that is looked at, and whose keys are pressed. */
class Window {
  readonly stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: this.#raw() });
  readonly stdout = Object.assign(new PassThrough(), { isTTY: true, rows: 12, columns: 90 });
  readonly stderr = new PassThrough();
  isRaw = false;
  text = '';
  said = '';
  stop: (() => void) | undefined;
  readonly ended: Promise<number>;

  constructor(...args: string[]) {
    this.stdout.on('data', (text: Buffer) => (this.text += text.toString()));
    this.stderr.on('data', (text: Buffer) => (this.said += text.toString()));
    const terminal = {
      ...{ env: { NO_COLOR: '1' }, clock: systemClock, openRegistry },
      ...{ openInput: () => this.stdin, stdout: this.stdout, stderr: this.stderr },
      onInterrupt: (stop?: () => void) => {
        this.stop = stop;
        return () => (this.stop = undefined);
      },
      kill: () => Promise.resolve(),
    } as unknown as Terminal;
    this.ended = main(['top', ...args], terminal);
  }

  /** What stands there now. */
  get lines(): string[] {
    const last = this.text.split('\u001b[?2026h\u001b[H').at(-1)!;
    return last.split('\r\n').map((line) => stripVTControlCharacters(line).trimEnd());
  }

  /** The observers that are shown, by the beginnings of their names. */
  get names(): string[] {
    const at = this.lines.findIndex((line) => /^[▼▲]?observer/.test(line));
    return this.lines.slice(at + 1, -1).flatMap((line) => /^\S+/.exec(line)?.[0] ?? []);
  }

  async press(keys: string, whatComes: string, isThere: () => boolean): Promise<void> {
    this.stdin.write(keys);
    await until(whatComes, isThere);
  }

  #raw() {
    return (isRaw: boolean) => {
      this.isRaw = isRaw;
      return this.stdin;
    };
  }
}

let shown: Window | undefined;
afterEach(async () => {
  shown?.stdin.write('\u0003');
  await shown?.ended;
  shown = undefined;
});

async function open(...args: string[]): Promise<Window> {
  shown = new Window(...args);
  await until('it is shown', () => shown!.names.length > 0);
  return shown;
}

describe('panoptes top', () => {
  it('prints one table where there is no terminal, and one sample as JSON', async () => {
    const { url } = dashboard;
    const table = await panoptes('top', url, '--sort', 'observer');
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/│ observer +│ state │ lag │/);
    expect(table.stdout).toMatch(/│ kademlia .*\n│ mesh .*\n│ x\\u001b\[2J\\u202ey /);
    const filtered = await panoptes('top', url, '--filter', 'KAD');
    expect(filtered.stdout).not.toContain('mesh');
    const json = await panoptes('top', url, '--json');
    expect(json.stdout).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'panoptes.top/1',
      overview: { registry: { id: registry.id } },
      observers: [{ name: 'mesh' }, { name: 'kademlia' }, { name: nasty, delivered: 1 }],
    });
  });

  it('says what is wrong with the place, the token or what is asked for', async () => {
    const server = createServer((_, answer) => answer.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const place = `http://127.0.0.1:${port}`;
    const token = '?token=sixteen-letters-';
    const here = `http://127.0.0.1:${dashboard.port}`;
    for (const [args, words] of [
      [['nowhere'], "expected the URL that a dashboard printed, or its port, got 'nowhere'"],
      [[here], 'expected the token of the dashboard in the URL, as it was printed, or in '],
      [[`${here}/${token}`], `expected the token of the dashboard at ${here}, got another one`],
      [[`${here}/x/${token}`], `expected the token of the dashboard at ${here}, got another one`],
      [[`${place}/${token}`], `expected a dashboard at ${place}, got an answer 200 (no type)`],
      [[dashboard.url, '--sort', 'lagg'], "got 'lagg'; did you mean 'lag'?"],
    ] as const) {
      const { code, stdout, stderr } = await panoptes('top', ...args);
      expect({ code, stdout, stderr }).toEqual({
        ...{ code: 2, stdout: '', stderr: expect.stringMatching(/^panoptes: [^\n]*\n$/) as string },
      });
      expect(stderr).toContain(words);
    }
    await new Promise((closed) => server.close(closed).closeAllConnections());
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port: free } = gone.address() as { port: number };
    await new Promise((closed) => gone.close(closed));
    expect((await panoptes('top', `http://127.0.0.1:${free}/${token}`)).stderr).toBe(
      `panoptes: expected a dashboard at http://127.0.0.1:${free}, but cannot reach it: ` +
        `connect ECONNREFUSED 127.0.0.1:${free}\n`,
    );
  });

  it('shows them live, sorted and filtered by keys, and follows the size of the window', async () => {
    const window = await open(dashboard.url);
    expect(window.text.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true);
    expect(window.isRaw).toBe(true);
    expect(window.lines[0]).toContain('3 observers · 1 peer · open.idle');
    expect(window.names).toEqual(['kademlia', 'mesh', 'x\\u001b[2J\\u202ey']);
    await registry.upsert(peerNamed('b'));
    await until('it shows the next', () => window.lines[0]!.includes('2 peers'));
    await window.press('ni', 'they are sorted', () => window.names[0]!.startsWith('x'));
    await window.press('/kad\r', 'they are filtered', () => window.names.length === 1);
    expect(window.lines[2]).toBe('filter: kad');
    Object.assign(window.stdout, { rows: 7, columns: 40 }).emit('resize');
    expect(window.lines).toHaveLength(7);
    expect(Math.max(...window.lines.map((line) => line.length))).toBeLessThan(40);
    // Nothing is cleared before it is written over.
    expect(window.text).not.toContain('\u001b[2J');
    window.stdin.write('q');
    expect(await window.ended).toBe(0);
    expect(window.isRaw).toBe(false);
    expect(window.text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(window.stdin.isPaused()).toBe(true);
    for (const event of ['resize', 'keypress']) {
      expect([window.stdin, window.stdout].map((it) => it.listenerCount(event))).toEqual([0, 0]);
    }
  });

  it.each([
    ['the key', (window: Window) => void window.stdin.write('\u0003')],
    ['a signal', (window: Window) => window.stop!()],
  ])('is ended by Ctrl-C, as %s', async (_, end) => {
    const window = await open(dashboard.url);
    end(window);
    expect(await window.ended).toBe(130);
    expect(window.text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  });

  it('connects again when the connection is lost, and says so', async () => {
    const token = 'the-same-token-again';
    let other = await startDashboard(registry, { token });
    const { port, url } = other;
    const window = await open(url);
    await other.close();
    await until('it says so', () => window.lines[2]!.startsWith('connection lost ('));
    expect(window.names).toHaveLength(3);
    other = await startDashboard(registry, { token, port });
    await until('it is there again', () => window.lines[2] === '');
    await other.close();
    other = await startDashboard(registry, { token: 'another-token-now', port });
    expect(await window.ended).toBe(2);
    expect(window.text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(window.said).toContain('expected the token of the dashboard');
    await other.close();
  });

  it('leaves a terminal as it was', async (context) => {
    const command = fileURLToPath(new URL('../../packages/sim/bin/panoptes.js', import.meta.url));
    const top = `${process.execPath} ${command} top '${dashboard.url}'`;
    const text = await inTerminal(context, `stty -a; ${top}; echo "code $?"; stty -a`, [
      ['kademlia', 'q'],
    ]);
    const [before, rest] = text.split('\u001b[?1049h');
    const [, after] = rest!.split('\u001b[?1049l');
    expect(after).toBe(`code 0\r\n${before}`);
    expect(before).toContain('icanon');
  });
});
