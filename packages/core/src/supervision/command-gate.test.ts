import { describe, expect, it } from 'vitest';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { Registry } from '../registry/registry.js';
import { CommandFigures } from './command-figures.js';
import { CommandGate } from './command-gate.js';

function open(limit = 2) {
  const registry = new Registry();
  const figures = new CommandFigures();
  return { registry, figures, gate: new CommandGate(registry, limit, figures) };
}

const upsert = (number: number) => ({ method: 'upsert', args: [peerNumbered(number)] });

describe('the gate for commands of an observer', () => {
  it('V5 drops what comes after the end of the incarnation, and finishes what came before', async () => {
    const { registry, figures, gate } = open();
    const before = gate.take(() => upsert(1));
    gate.close();
    await expect(gate.take(() => upsert(2))).rejects.toMatchObject({ code: 'OBSERVER_CRASHED' });
    expect(await before).toEqual({ seq: 1, change: 'added' });
    expect(registry.lastSeq).toBe(1);
    expect(figures.stats()).toEqual({ sent: 1, refused: 0, dropped: 1 });
  });

  it('lets so many wait at a time and no more', async () => {
    const { figures, gate } = open();
    const waiting = [gate.take(() => upsert(1)), gate.take(() => upsert(2))];
    await expect(gate.take(() => upsert(3))).rejects.toThrow('maxCommands: 2');
    await Promise.all(waiting);
    expect(await gate.take(() => upsert(3))).toMatchObject({ seq: 3 });
    expect(figures.stats()).toEqual({ sent: 3, refused: 1, dropped: 0 });
  });

  it.each([
    undefined,
    null,
    7,
    'upsert',
    {},
    { method: 'close', args: [] },
    { method: 'constructor', args: [] },
    { method: 'update', args: 'peer-1' },
    { method: 'update', args: ['peer-1', null] },
    { method: 'upsert' },
    { method: 'remove', args: [{}] },
  ])('refuses %j', async (message) => {
    const { registry, gate } = open();
    await expect(gate.take(() => message)).rejects.toMatchObject({ code: 'PEER_INVALID' });
    expect(registry.state).toBe('open.idle');
  });
});
