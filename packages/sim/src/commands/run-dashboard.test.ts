import { once } from 'node:events';
import { createServer } from 'node:net';
import { createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usualPort } from './dashboard-flag.js';
import { type RunDashboard, runDashboard } from './run-dashboard.js';

let said = '';
let stops: (() => void)[];
let dashboard: RunDashboard | undefined;
beforeEach(() => {
  said = '';
  stops = [];
});
afterEach(() => dashboard?.close());

const start = async (port: number | true, env: NodeJS.ProcessEnv = {}) =>
  (dashboard = await runDashboard(
    {
      stderr: { write: (text: string) => (said += text) } as never,
      env,
      onInterrupt(stop) {
        stops.push(stop as () => void);
        return () => (stops = []);
      },
    },
    port,
  ));

/** Shows a registry, and says at which address. */
async function shown(): Promise<URL> {
  const registry = await createRegistry({ logger: false });
  const about = () => [{ label: 'phase', value: 'steady' }];
  await (
    dashboard!.onRegistry(registry, { about, protectedObservers: [] }) as () => Promise<void>
  )();
  await registry.close();
  return new URL(/^dashboard: (\S+)\n$/.exec(said)![1]!);
}

describe('the dashboard of a run', () => {
  it('is at any free port when the usual one is taken, unless that was asked for', async () => {
    await using server = createServer();
    // Somebody may have it already.
    server.on('error', () => undefined).listen(usualPort, '127.0.0.1');
    await Promise.race([once(server, 'listening'), once(server, 'error').catch(() => undefined)]);
    await start(true);
    const { port } = await shown();
    expect(Number(port)).not.toBe(usualPort);
    await expect(start(usualPort)).rejects.toThrow(
      '--dashboard: expected a port that is free, but another program has it',
    );
  });

  it('takes a token from the environment, and does not print it', async () => {
    const token = 'a-token-of-the-user';
    await start(0, { PANOPTES_TOKEN: token });
    const place = await shown();
    expect(place.search).toBe('');
    expect(said).not.toContain(token);
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(new URL('/api/overview', place), { headers });
    expect(await answer.json()).toMatchObject({ about: [{ label: 'phase', value: 'steady' }] });
    await expect(start(0, { PANOPTES_TOKEN: 'short' })).rejects.toThrow(/^PANOPTES_TOKEN: .*token/);
  });

  it('stays until the command is asked to end, once it has shown something', async () => {
    await start(0, { PANOPTES_TOKEN: '' });
    await dashboard!.untilAsked();
    const { href } = await shown();
    said = '';
    let hasEnded = false;
    const asked = dashboard!.untilAsked().then(() => (hasEnded = true));
    expect(said).toBe(`the run has ended; the dashboard stays until Ctrl-C: ${href}\n`);
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasEnded).toBe(false);
    stops[0]!();
    await asked;
    expect(stops).toEqual([]);
  });
});
