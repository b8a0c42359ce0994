import { describe, messageOf } from '@panoptes/core';

/** One fact that a program says of itself, for the overview. */
export interface AboutFact {
  /** What it is called, at most 64 characters. */
  readonly label: string;
  /** What it is, at most 200 characters, or a number. */
  readonly value: string | number;
  /** How much of it is done, from 0 to 1, where that can be said. */
  readonly share?: number | undefined;
}

/**
 * Asks a program for its facts. What it answers may be anything: it is bounded, and what is no fact is left
 * out; that it failed is a fact.
 *
 * @param about - the option of that name
 */
export function aboutFacts(about: () => unknown): readonly AboutFact[] {
  try {
    const facts = about();
    if (Array.isArray(facts)) return facts.slice(0, mostFacts).flatMap(ownFact);
    return [failed(`expected a list of facts, got ${describe(facts)}`)];
  } catch (error) {
    return [failed(messageOf(error))];
  }
}

function ownFact(given: unknown): readonly AboutFact[] {
  const { label, value, share } = (given ?? {}) as Readonly<Record<keyof AboutFact, unknown>>;
  if (typeof label !== 'string' || !isValue(value)) return [];
  const own = { label: cut(label, longestLabel), value: cutValue(value) };
  return [isShare(share) ? { ...own, share } : own];
}

const isValue = (value: unknown): value is string | number =>
  typeof value === 'string' || Number.isFinite(value);

const isShare = (share: unknown): share is number =>
  typeof share === 'number' && share >= 0 && share <= 1;

const cutValue = (value: string | number): string | number =>
  typeof value === 'string' ? cut(value, longestValue) : value;

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

const failed = (why: string): AboutFact => ({
  label: 'about',
  value: cut(`failed: ${why}`, longestValue),
});

/** Facts of one program, and characters of each. */
const mostFacts = 16;
const longestLabel = 64;
const longestValue = 200;
