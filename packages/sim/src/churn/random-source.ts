import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws numbers evenly from [0, 1). */
export type Uniform = () => number;

/**
 * The random numbers of one actor of a simulation. Each actor has a stream of its own, so that what
 * one of them draws never shifts what another will draw; the same seed and actor give the same
 * numbers on every machine.
 *
 * @param seed - the run's seed
 * @param actor - who draws, as in `arrivals`
 */
export function substream(seed: string, actor: string): Uniform {
  const hash = createHash('sha256').update(`${seed}\0${actor}`).digest();
  const generator = xoroshiro128plus(hash.readInt32LE(0));
  // 53 random bits, as many as a number holds between 0 and 1.
  return () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}

/** Picks one of `length` positions, from 0. */
export const pick = (uniform: Uniform, length: number): number => Math.floor(uniform() * length);
