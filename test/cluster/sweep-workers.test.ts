import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GatedSweep } from '../fixtures/cluster-sweep.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { until } from '../fixtures/until.js';

describe.skipIf(noNatsServer)(`a sweep over a cluster (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let sweep: GatedSweep;
  /** What the same sweep makes on threads. */
  let local: Awaited<ReturnType<GatedSweep['local']>>;
  beforeAll(async () => {
    server = await NatsServer.start();
    sweep = new GatedSweep(server.url);
    local = await sweep.local('local');
  });
  afterEach(() => sweep.endWorkers());
  afterAll(() => server.end());

  async function streamsLeft(): Promise<string[]> {
    const connection = await connect({ servers: server.url });
    try {
      const names: string[] = [];
      for await (const name of (await jetstreamManager(connection)).streams.names())
        names.push(name);
      return names;
    } finally {
      await connection.close();
    }
  }

  it('has the table of a local one, byte for byte, and leaves nothing on the server', async () => {
    sweep.worker('--allow-modules');
    sweep.worker('--allow-modules');
    const { end } = sweep.start('away');
    const { code, stdout } = await end;
    // A threshold fails in half of them, here as there.
    expect({ code, stdout }).toEqual({ code: 99, stdout: local.stdout });
    expect(sweep.tables('away')).toEqual(sweep.tables('local'));
    expect(await streamsLeft()).toEqual([]);
  });

  it('gives the run of a worker that was killed to another', async () => {
    sweep.close();
    const first = sweep.worker('--allow-modules');
    const { end } = sweep.start('killed', '--lease', '1s');
    await first.until('took');
    const [begun] = first.told('took');
    await first.end('SIGKILL');
    sweep.open();
    const second = sweep.worker('--allow-modules');
    expect((await end).stdout).toBe(local.stdout);
    expect(second.told('finished').map((one) => one.run)).toContain(begun!.run);
  });

  it('gets back at once the run of a worker that was told to end', async () => {
    sweep.close();
    const first = sweep.worker('--allow-modules');
    // Were it not given back, it would be waited for longer than a test may take.
    const { end } = sweep.start('given', '--lease', '1h');
    await first.until('took');
    const { code, stdout } = await first.end('SIGTERM');
    expect({ code, stdout }).toMatchObject({
      code: 143,
      stdout: expect.stringContaining('"gave back"') as string,
    });
    sweep.open();
    sweep.worker('--allow-modules');
    expect((await end).stdout).toBe(local.stdout);
  });

  it('that was killed goes on with what workers did meanwhile', async () => {
    sweep.close();
    const worker = sweep.worker('--allow-modules');
    const { child, end } = sweep.start('resumed');
    await worker.until('took');
    child.kill('SIGKILL');
    await end;
    sweep.open();
    await worker.until('finished', 4);
    await worker.end('SIGTERM');
    // Nobody is there to do a run.
    expect((await sweep.start('resumed').end).stdout).toBe(local.stdout);
    expect(await streamsLeft()).toEqual([]);
  });

  it('that was interrupted takes its runs back, and goes on where it was', async () => {
    const { child, end } = sweep.start('stopped');
    await until('its runs are offered', async () => (await streamsLeft()).length === 3);
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 130 });
    expect((await streamsLeft()).filter((name) => name.endsWith('-tasks'))).toEqual([]);
    sweep.worker('--allow-modules');
    expect((await sweep.start('stopped').end).stdout).toBe(local.stdout);
  });

  it('waits for a server that is gone, as do its workers, and says so', async () => {
    sweep.close();
    const worker = sweep.worker('--allow-modules');
    const { child, end } = sweep.start('away-for-long');
    let said = '';
    child.stderr!.on('data', (text: string) => (said += text));
    await worker.until('took');
    await server.kill();
    sweep.open();
    await worker.until('away');
    await until('the sweep says so', () => said.includes('the servers do not answer'));
    await server.restart();
    const { stdout, stderr } = await end;
    expect(stdout).toBe(local.stdout);
    expect(stderr).toContain('the servers are back');
    expect(worker.told('back')).not.toEqual([]);
  });

  it('goes on beside another of the same, and neither takes what is the other’s', async () => {
    sweep.worker('--allow-modules', '--slots', '2');
    const ends = await Promise.all(['one', 'other'].map((out) => sweep.start(out).end));
    expect(ends.map(({ stdout }) => stdout)).toEqual([local.stdout, local.stdout]);
    expect(sweep.tables('one')).toEqual(sweep.tables('other'));
  });
});
