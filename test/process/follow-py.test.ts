import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import {
  CallKind,
  DataKind,
  PROCESS_PROTOCOL,
  ReplyKind,
} from '../../packages/workers/src/process/frames.js';
import { DrivenChild } from './driven-child.js';
import { SourceLog } from './source-log.js';

const program = fileURLToPath(new URL('../../examples/follow.py', import.meta.url));
const anywhere = new URL('file:///of/no/meaning');

const hasPython = (() => {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(hasPython)('examples/follow.py', () => {
  it('follows the log, counts its peers and answers', async () => {
    const [child, log] = [await DrivenChild.begin(['python3', program]), new SourceLog()];
    expect(child.hello).toEqual({ protocol: PROCESS_PROTOCOL, encoding: 'json' });
    const tiers = ['tier1', 'tier2', 'tier3', 'tier4', 'untrusted'] as const;
    for (let number = 0; number < 300; number++) {
      await log.registry.upsert({ ...peerNumbered(number), tier: tiers[number % 5]! });
    }
    const { queries } = await child.start(3, anywhere);
    expect(queries).toEqual(['count', 'tiers', 'peer']);
    expect((await log.load(child, 3, 8_192))[0]).toBe(300);
    const before = await child.ask(3, 'digest');

    for (let number = 200; number < 1_000; number++) {
      await log.registry.upsert({ ...peerNumbered(number), tier: 'tier2', trustScore: 0.25 });
    }
    for (let number = 0; number < 50; number++) await log.registry.remove(`peer-${number}`);
    const runs = log.runs();
    expect(runs.length).toBeGreaterThan(1);
    for (const run of runs) child.send(3, DataKind.run, run);
    const handled: number[] = [];
    while (handled.length < runs.length) handled.push((await child.handled(3))[0]!);
    expect(handled.at(-1)).toBe(log.registry.changeLog.writer.lastSeq);

    expect(await child.query(3, 'count')).toBe(950);
    expect(await child.query(3, 'tiers')).toEqual({
      ...{ tier1: 30, tier2: 830, tier3: 30, tier4: 30, untrusted: 30 },
    });
    expect(await child.query(3, 'peer', 'peer-999')).toEqual({ tier: 'tier2', trustScore: 0.25 });
    expect(await child.query(3, 'peer', 'nobody')).toBe(null);
    await expect(child.query(3, 'nonsense')).rejects.toThrow("there is no query 'nonsense'");
    expect(await child.ask(3, 'probe')).toMatchObject({ heapBytes: expect.any(Number) as number });
    const after = await child.ask(3, 'digest');
    expect(after).not.toBe(before);
    // One that begins with a snapshot of now has the same.
    await log.load(child, 3);
    expect(await child.ask(3, 'digest')).toBe(after);
    await child.ask(3, 'stop');
    await child.next(3, ReplyKind.ended);
    child.close('control');
    expect(await child.end()).toBe(0);
    expect(child.stderr).toBe('');
  });

  it('fails at peers of other fields than it knows, and ends with its pipes', async () => {
    const [child, log] = [await DrivenChild.begin(['python3', program]), new SourceLog()];
    await child.start(1, anywhere);
    await log.load(child, 1);
    await log.registry.upsert(peerNumbered(1));
    const [run] = log.runs();
    run![56]! ^= 1;
    child.send(1, DataKind.run, run!);
    expect((await child.failure(1)).error.message).toContain('other fields');
    child.send(1, CallKind.end);
    await child.next(1, ReplyKind.ended);
    child.close('data');
    expect(await child.end()).toBe(0);
  });
});
