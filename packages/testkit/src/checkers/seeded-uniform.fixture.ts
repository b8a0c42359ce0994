import { hash } from 'node:crypto';

/** Draws numbers evenly from [0, 1). */
export type Uniform = () => number;

/** Numbers that follow from a seed alone. */
export function seededUniform(seed: string): Uniform {
  let count = 0;
  return () => Number.parseInt(hash('sha256', `${seed} ${count++}`).slice(0, 12), 16) / 2 ** 48;
}

/** Picks one of `length` positions, from 0. */
export const pick = (uniform: Uniform, length: number): number => Math.floor(uniform() * length);
