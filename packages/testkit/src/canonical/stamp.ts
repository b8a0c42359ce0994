import { hash } from 'node:crypto';

/** 48 bits of a text's hash, as a whole number: equal for equal texts. */
export const stampOf = (text: string): number =>
  Number.parseInt(hash('sha1', text).slice(0, 12), 16);
