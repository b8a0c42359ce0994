import { type ClientRequest, type IncomingMessage, get } from 'node:http';
import { type Socket, connect } from 'node:net';
import { type Dashboard, type DashboardOptions, startDashboard } from '@panoptes/dashboard';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';
import { ask, bearer } from './ask-dashboard.js';

const module = new URL('../fixtures/measured.observer.mjs', import.meta.url);

let registry: PeerRegistry;
let dashboard: Dashboard;
beforeEach(async () => {
  registry = await createRegistry({ logger: false });
});
afterEach(async () => {
  await dashboard.close();
  await registry.close();
});

const start = async (options?: DashboardOptions) =>
  (dashboard = await startDashboard(registry, { liveIntervalMs: 250, ...options }));

/** Watches as a browser does. */
class Watcher {
  readonly samples: Sample[] = [];
  isEnded = false;
  status: number | undefined;
  readonly #request: ClientRequest;

  constructor() {
    const { port, token } = dashboard;
    const where = { host: '127.0.0.1', port, path: '/api/live', agent: false };
    this.#request = get({ ...where, headers: bearer(token) }, (response) => this.#read(response));
    this.#request.on('error', () => (this.isEnded = true));
  }

  close(): void {
    this.#request.destroy();
  }

  #read(response: IncomingMessage): void {
    this.status = response.statusCode;
    response.on('error', () => undefined).on('close', () => (this.isEnded = true));
    let text = '';
    response.setEncoding('utf8').on('data', (piece: string) => {
      const frames = (text += piece).split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) {
        const [, json] = /^event: sample\ndata: (.*)$/.exec(frame)!;
        this.samples.push(JSON.parse(json!) as Sample);
      }
    });
  }
}

interface Sample {
  readonly overview: { readonly figures: { readonly registry: { readonly committed: number } } };
  readonly observers: readonly { readonly name: string; readonly delivered: number }[];
}

describe('those who watch', () => {
  it('are sent the same samples, taken once for all of them', async () => {
    await start();
    await registry.registerObserver({ module });
    const looks = vi.spyOn(registry, 'getObserverStats');
    const watchers = Array.from({ length: 4 }, () => new Watcher());
    await until('they watch', () => watchers.every(({ samples }) => samples.length >= 1));
    looks.mockClear();
    const before = watchers.map(({ samples }) => samples.length);
    await registry.upsert(peerNamed('a'));
    await registry.settled();
    const isThere = ({ samples }: Watcher) =>
      samples.at(-1)?.overview.figures.registry.committed === 1 &&
      samples.at(-1)?.observers[0]?.delivered === 1;
    await until('all have seen it', () => watchers.every(isThere));
    const sent = watchers.map(({ samples }, at) => samples.length - before[at]!);
    expect(Math.max(...sent)).toBeLessThanOrEqual(looks.mock.calls.length);
    expect(watchers[0]!.samples.at(-1)!.observers).toMatchObject([{ name: 'measured' }]);
  });

  it('are no more than may be, and make room when they go', async () => {
    await start({ maxWatchers: 2 });
    const [first, second] = [new Watcher(), new Watcher()];
    await until('two watch', () => first.samples.length > 0 && second.samples.length > 0);
    const { status, json } = await ask(dashboard, { path: '/api/live' });
    expect(status).toBe(503);
    expect(json()).toMatchObject({ error: { code: 'DASHBOARD_BUSY' } });
    first.close();
    await until('another may', async () => {
      const next = new Watcher();
      await until('it is answered', () => next.status !== undefined);
      const isIn = next.status === 200;
      next.close();
      return isIn;
    });
    second.close();
  });

  it('keep their connections when there are no more, and others get none', async () => {
    await start({ maxConnections: 2 });
    const watchers = [new Watcher(), new Watcher()];
    await until('two watch', () => watchers.every(({ samples }) => samples.length > 0));
    await expect(ask(dashboard, {})).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(watchers.map(({ isEnded }) => isEnded)).toEqual([false, false]);
    watchers[0]!.close();
    await until('there is one', () => ask(dashboard, {}).then(Boolean, () => false));
    watchers[1]!.close();
  });

  it('are not waited for: one that never reads gets what there is room for, and others all', async () => {
    await start();
    for (let n = 0; n < 20; n++) {
      await registry.registerObserver({ module, host: 'inline', name: `${n}`.padEnd(128, '-') });
    }
    const silent = await silentWatcher();
    const watcher = new Watcher();
    await until('it is sent samples', () => watcher.samples.length >= 8);
    expect(silent.bytesRead).toBe(0);
    for (let n = 0; n < 100; n++) await registry.upsert(peerNamed(`peer-${n}`));
    await until('the other one sees it', () => {
      return watcher.samples.at(-1)!.overview.figures.registry.committed === 100;
    });
    watcher.close();
    silent.destroy();
  });

  it('are all let go when it is closed, as is everybody else', async () => {
    await start();
    await registry.registerObserver({ module, host: 'inline' });
    const watchers = [new Watcher(), new Watcher()];
    const silent = await silentWatcher();
    const idle = connect(dashboard.port, '127.0.0.1').on('error', () => undefined);
    await until('they watch', () => watchers.every(({ samples }) => samples.length > 0));
    // Its observer will never answer.
    const asked = vi
      .spyOn(registry, 'observer')
      .mockReturnValue({ metrics: () => new Promise(() => undefined) } as never);
    const waiting = ask(dashboard, { path: '/metrics' }).catch((error: unknown) => error);
    await until('it waits', () => asked.mock.calls.length > 0);
    await Promise.all([dashboard.close(), dashboard.close()]);
    expect(await waiting).toMatchObject({ code: 'ECONNRESET' });
    await dashboard.close();
    await until('they are let go', () => watchers.every(({ isEnded }) => isEnded));
    idle.destroy();
    silent.destroy();
    await expect(ask(dashboard, {})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const looks = vi.spyOn(registry, 'getObserverStats');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(looks).not.toHaveBeenCalled();
  });
});

/** Asks for everything, and reads nothing of it. */
async function silentWatcher(): Promise<Socket> {
  const { port, token } = dashboard;
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => undefined);
  socket.write(
    `GET /api/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  await until('it is connected', () => !socket.connecting);
  return socket;
}
