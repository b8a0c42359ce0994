import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createMessageBuffer, parseOptions } from '@panoptes/core';
import { expect, it } from 'vitest';
import { processTerms } from '../process-terms.js';
import { ProcessFigures } from './process-figures.js';
import type { EndedMessage } from './relay-request.js';
import { Relay } from './relay.js';

it('a process that cannot be described is one observer’s matter: the relay goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  const loop = join(folder, 'loop');
  symlinkSync(loop, loop);
  const ends: EndedMessage[] = [];
  const origin = { id: 'none', epoch: 1 };
  const settings = { origin, childEntry: import.meta.url, hangTimeoutMs: 5_000 };
  const relay = new Relay(settings, (end) => ends.push(end));
  const { port1, port2 } = new MessageChannel();
  relay.open({
    channel: 7,
    name: 'looping',
    module: import.meta.url,
    memoryLimitMb: 64,
    terms: parseOptions(processTerms, { permissions: { read: [loop] } }, 'process'),
    line: { port: port2, messages: createMessageBuffer() },
    figures: new ProcessFigures().buffer,
  });
  expect(ends).toEqual([
    { channel: 7, end: { code: 'spawn', message: expect.stringContaining('ELOOP') as string } },
  ]);
  await relay.close();
  port1.close();
  rmSync(folder, { recursive: true });
});
