import { describe, expect, it } from 'vitest';
import { thisMachine, warningsOf } from './machine.js';

describe('a machine', () => {
  it('is described by Node’s version, cores and processor', () => {
    const { node, cores, cpu } = thisMachine();
    expect(node).toBe(process.version);
    expect(cores).toBeGreaterThan(0);
    expect(cpu).not.toBe('');
  });

  it('with a core to spare and nothing else to do gives no warning', () => {
    expect(warningsOf({ node: 'v20.20.2', cores: 2, cpu: 'x' }, 0.3)).toEqual([]);
  });

  it('with a single core, or with much else to do, gives one', () => {
    expect(warningsOf({ node: 'v20.20.2', cores: 1, cpu: 'x' }, 0)[0]).toContain('1 core');
    expect(warningsOf({ node: 'v20.20.2', cores: 4, cpu: 'x' }, 2.5)[0]).toContain('load 2.5');
  });
});
