import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { commandSession } from '../fixtures/panoptes-command.js';

const session = commandSession();
const network = ['kad', '--peers', '60', '--duration', '1h', '--seed', 'served'];

describe.skipIf(noNatsServer)(`serving and following (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server.end());

  it.each([
    [['serve', 'kad'], '--cluster: expected a server of NATS with JetStream'],
    [['serve', 'kad', '--cluster', 'http://x'], '--cluster: expected URLs as in nats://host:4222'],
    [['follow', '--cluster', '$', '--name', 'a.b'], '--name: expected what the registry is called'],
    [['serve', 'kad', '--cluster', '$', '--name', 'x', '--replicas', '6'], '--replicas: expected'],
    [
      ['serve', 'kad', '--cluster', '$', '--name', 'x', '--acknowledge', 'all'],
      '--acknowledge: expected one of stream, local',
    ],
    [['follow', '--cluster', '$', '--name', 'x', '--until-seq', '0'], '--until-seq: expected the'],
    [['follow', '--cluster', '$', '--name', 'x', '--for', '9'], '--for: expected a duration'],
    [['follow', '--cluster', '$', '--name', 'x', '--observers', 'mash'], "did you mean 'mesh'?"],
    [['follow', '--cluster', '$', '--name', 'x', '--observers', 'x.mjs'], 'the file of a module'],
    [
      ['follow', '--cluster', 'nats://127.0.0.1:9', '--name', 'x'],
      'see that a nats-server listens at --cluster',
    ],
    [
      ['follow', '--cluster', 'nats://nobody.invalid:4222', '--name', 'x'],
      'see that a nats-server listens at --cluster',
    ],
    [['worker', '--cluster', 'nats://127.0.0.1:9'], 'see that a nats-server listens at --cluster'],
    [
      ['worker', '--cluster', '$', '--cluster-ca', '/nowhere.pem'],
      '--cluster-ca: expected a file in PEM form',
    ],
    [['follow', '--cluster', '$', '--name', 'nobody'], 'no primary has begun there yet'],
    [
      ['serve', 'kad', '--cluster', 'nats://127.0.0.1:9', '--name', 'x'],
      'see that a nats-server listens at --cluster',
    ],
    [
      ['serve', ...network, '--peers', '70', '--cluster', '$', '--name', 'another'],
      "stream 'another' holds another run than kad, 70 peers, seed served",
    ],
  ])('%j is refused with a sentence', async (args, words) => {
    if (args.includes('another')) {
      const first = ['serve', ...network, '--speed', 'max', '--cluster', server.url];
      expect(await session(...first, '--name', 'another')).toMatchObject({ code: 0 });
    }
    const { code, stdout, stderr } = await session(
      ...args.map((arg) => (arg === '$' ? server.url : arg)),
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
