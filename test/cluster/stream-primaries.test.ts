import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamStore } from '@panoptes/cluster';
import { createRegistry } from '@panoptes/workers';
import { DigestModel } from '../fixtures/durable-history.mjs';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { type Said, StreamWriter } from '../fixtures/stream-writer.js';
import { until } from '../fixtures/until.js';

/** `PANOPTES_KILLS=50` for more. */
const kills = Number(process.env['PANOPTES_KILLS'] ?? 5);
const leaseMs = 600;

describe.skipIf(noNatsServer)(`primaries of one stream (${noNatsServer ?? 'real server'})`, () => {
  let server: NatsServer;
  let model: DigestModel;
  beforeAll(async () => {
    server = await NatsServer.start();
    model = await DigestModel.make();
  });
  afterAll(async () => {
    await model.close();
    await server.end();
  });

  /** What a primary began with is the state of one transaction, not before what was durable. */
  async function expectWhole({ lastSeq, digest }: Said, durable: number): Promise<void> {
    expect(lastSeq).toBeGreaterThanOrEqual(durable);
    expect(digest).toBe(await model.at(lastSeq!));
  }

  it(`C1 C2 C5 after ${kills} kills under load what was acknowledged is there, once and in order`, async () => {
    let durable = 0;
    let epoch = 0;
    for (let kill = 0; kill <= kills; kill++) {
      const writer = new StreamWriter(server.url, 'killed', leaseMs);
      await until('it has begun', () => writer.began !== undefined);
      expect(writer.began!.epoch).toBe(++epoch);
      await expectWhole(writer.began!, durable);
      await writer.goesOn(1 + Math.floor(Math.random() * 3_000));
      writer.signal('SIGKILL');
      await writer.ended;
      durable = writer.durable;
    }
    const store = streamStore({ servers: server.url, name: 'killed', leaseMs });
    const registry = await createRegistry({ store, logger: false });
    expect(registry.epoch).toBe(epoch + 1);
    await expectWhole({ lastSeq: registry.lastSeq, digest: registry.digest() }, durable);
    await registry.close();
  });

  it('C1 a second is refused while the first renews its lease', async () => {
    // Longer than any delay of its renewal on a busy machine.
    const longMs = 6_000;
    const first = new StreamWriter(server.url, 'shared', longMs);
    await first.goesOn(10);
    const second = new StreamWriter(server.url, 'shared', longMs);
    await second.ended;
    expect(second.error).toBe('STORE_LOCKED');
    await first.goesOn(10);
    first.signal('SIGKILL');
    await first.ended;
  });

  it('C1 C6 one that was paused past its lease is fenced when it goes on, and nothing of it lands', async () => {
    const first = new StreamWriter(server.url, 'paused', leaseMs);
    await first.goesOn(1_000);
    first.signal('SIGSTOP');
    const second = new StreamWriter(server.url, 'paused', leaseMs);
    await second.goesOn(500);
    // What it had said when it was stopped may still have been on its way to this process.
    const before = first.durable;
    await expectWhole(second.began!, before);
    first.signal('SIGCONT');
    await first.ended;
    expect(first.error).toBe('STORE_FENCED');
    // What it was told after it went on, it had been told by the stream before the other began.
    expect(first.durable).toBeLessThanOrEqual(second.began!.lastSeq!);
    await second.goesOn(500);
    second.signal('SIGKILL');
    await second.ended;
    const third = new StreamWriter(server.url, 'paused', leaseMs);
    await third.goesOn(1);
    expect(third.began!.epoch).toBe(3);
    await expectWhole(third.began!, second.durable);
    third.signal('SIGKILL');
    await third.ended;
  });
});
