import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type WorkServer, connectWork } from '@panoptes/cluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { until } from '../fixtures/until.js';

const id = 'c'.repeat(32);
const data = Buffer.from('{}');
const forever = new AbortController().signal;

describe.skipIf(noNatsServer)(`a task (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let observer: NatsConnection;
  let work: WorkServer;
  beforeAll(async () => {
    server = await NatsServer.start();
    observer = await connect({ servers: server.url });
    work = await connectWork({ servers: server.url }, 'test');
  });
  afterAll(async () => {
    await work?.close();
    await observer?.close();
    await server?.end();
  });

  it('is said to be under way, again and again, for as long as a worker has it', async () => {
    const offer = work.offer(id, data, { leaseMs: 300, replicas: 1 });
    await offer.begin();
    await offer.addTasks([{ key: 7, data }]);
    const said: string[] = [];
    observer.subscribe(`$JS.ACK.panoptes-work-${id}-tasks.>`, {
      callback: (_, message) => void said.push(message.string()),
    });
    await observer.flush();
    const share = await work.join(id);
    let task = await share.take(forever);
    while (task === undefined) task = await share.take(forever);
    expect(task.key).toBe(7);
    await until('it was said', () => said.filter((word) => word === '+WPI').length >= 3);
    await task.finish(data);
    expect(await offer.tasksLeft()).toBe(0);
    await observer.flush();
    // Nothing is said of it any more.
    expect(said.at(-1)).not.toBe('+WPI');
    await offer.remove();
  });
});
