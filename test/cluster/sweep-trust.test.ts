import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type WorkOffer, connectWork } from '@panoptes/cluster';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GatedSweep } from '../fixtures/cluster-sweep.js';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { until } from '../fixtures/until.js';

const bytes = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

/** With what workers of these tests are. */
const release = { panoptes: '0.1.0', node: Number(process.versions.node.split('.')[0]) };

/** Of a module that the sweep has. */
const gateHash = createHash('sha256')
  .update(readFileSync(new URL('../fixtures/gate.mjs', import.meta.url)))
  .digest('hex');

describe.skipIf(noNatsServer)(`what is sent to workers (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let sweep: GatedSweep;
  let connection: NatsConnection;
  beforeAll(async () => {
    server = await NatsServer.start();
    sweep = new GatedSweep(server.url);
    connection = await connect({ servers: server.url });
  });
  afterEach(() => sweep.endWorkers());
  afterAll(async () => {
    await connection.close();
    await server.end();
  });

  /** The id of the sweep that is offered, as soon as all of it is. */
  async function offered(): Promise<string> {
    const { streams } = await jetstreamManager(connection);
    let id: string | undefined;
    await until('a sweep is offered', async () => {
      for await (const name of streams.names())
        id ??= /^panoptes-work-(\w+)-tasks$/.exec(name)?.[1];
      return id !== undefined;
    });
    return id!;
  }

  /** Puts something else in the place of a file that is sent. */
  async function replace(id: string, hash: string, content: string): Promise<void> {
    const bucket = `panoptes-work-${id}`;
    const { streams } = await jetstreamManager(connection);
    await streams.purge(`OBJ_${bucket}`, {
      filter: `$O.${bucket}.M.${Buffer.from(hash).toString('base64').replaceAll('/', '_').replaceAll('+', '-')}`,
    });
    const work = await connectWork({ servers: server.url }, 'test');
    const offer = work.offer(id, bytes({}), { leaseMs: 15_000, replicas: 1 });
    await offer.putFiles([{ hash, content: Buffer.from(content) }]);
    await work.close();
  }

  /** Something that was made by hand, for workers to take. */
  async function byHand(id: string, job: object, use: (offer: WorkOffer) => Promise<void>) {
    const work = await connectWork({ servers: server.url }, 'test');
    const offer = work.offer(id.repeat(32), bytes(job), { leaseMs: 15_000, replicas: 1 });
    try {
      await offer.begin();
      await use(offer);
      await offer.remove();
    } finally {
      await work.close();
    }
  }

  it('is a run that ends every worker: it fails after three, and the others are done', async () => {
    const deadly = ['--set', 'sweep={grid: {observers.1.options.isDeadly: [false, true]}}'];
    const { child, end } = sweep.start('deadly', '--lease', '1s', ...deadly);
    // As who looks after services would.
    while (child.exitCode === null) {
      const worker = sweep.worker('--allow-modules');
      await Promise.race([worker.ended, end]);
    }
    const { code, stdout } = await end;
    expect(code).toBe(1);
    const { rows } = JSON.parse(stdout) as { rows: { runs: number; failures: string[] }[] };
    expect(rows.map(({ runs }) => runs)).toEqual([1, 0]);
    expect(rows[1]!.failures[0]).toMatch(/^seed 1: \d workers that had it ended/);
  });

  it('is run by a worker that allows it, and else refused where its user sees it', async () => {
    const { child, end } = sweep.start('refused');
    let said = '';
    child.stderr!.on('data', (text: string) => (said += text));
    const worker = sweep.worker();
    await worker.until('refused');
    await until('the sweep says so', () => said.includes('--allow-modules'));
    expect(worker.told('took')).toEqual([]);
    child.kill('SIGINT');
    await end;
  });

  it('is not run when a file is not what its hash says, fetched or kept', async () => {
    const cache = join(sweep.folder, 'other-cache');
    const { end } = sweep.start('changed');
    const id = await offered();
    const source = 'process.exit(7);';
    await replace(id, gateHash, source);
    const worker = sweep.worker('--allow-modules', '--cache', cache);
    const { code, stdout } = await end;
    expect(code).toBe(1);
    const { rows } = JSON.parse(stdout) as { rows: { failures: string[] }[] };
    expect(rows[0]!.failures[0]).toContain(`file ${gateHash} has hash`);
    expect(worker.told('finished')).toHaveLength(4);
    await worker.end('SIGTERM');
    expect(readdirSync(join(cache, 'jobs'))).toEqual([]);

    // What lies in a cache from before is looked at again.
    writeFileSync(join(cache, 'files', gateHash), source);
    sweep.worker('--allow-modules', '--cache', cache);
    const again = JSON.parse((await sweep.start('changed').end).stdout) as { rows: object[] };
    expect(again.rows).toMatchObject([{ runs: 2 }, { runs: 2 }]);
  });

  it('is refused when it is of another Panoptes, or another Node', async () => {
    const worker = sweep.worker('--allow-modules');
    const others = [
      { ...release, panoptes: '0.0.9' },
      { ...release, node: 7 },
    ];
    for (const [index, other] of others.entries()) {
      await byHand('ad'[index]!, { ...other, name: 'of old' }, async (offer) => {
        await offer.addTasks([{ key: 0, data: bytes({}) }]);
        await worker.until('refused', index + 1);
        const { panoptes, node } = other;
        expect(worker.told('refused')[index]!.reason).toContain(
          `it is of Panoptes ${panoptes} on Node ${node}, and this is Panoptes ${release.panoptes} on ` +
            `Node ${release.node}: results would not be equal`,
        );
        expect(await offer.tasksLeft()).toBe(1);
      });
    }
  });

  it.each([
    ['a file outside of its tree', { files: [{ path: '../../x', hash: gateHash, bytes: 1 }] }],
    ['no files at all', {}],
  ])('is refused when it is no sweep: %s', async (_, wrong) => {
    const worker = sweep.worker('--allow-modules');
    await byHand(
      'b',
      { schema: 'panoptes.sweep-job/1', ...release, name: 'x', ...wrong },
      async (offer) => {
        await offer.addTasks([{ key: 0, data: bytes({}) }]);
        await worker.until('refused');
        expect(worker.told('took')).toEqual([]);
      },
    );
  });
});
