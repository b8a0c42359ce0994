import { readable } from '../printable.js';

/** A name as it stands in a log: with what a terminal would obey written as in `\u001b`. */
export const logName = readable;

/** Runs of at least 64 hexadecimal digits: keys, and DIDs made of them. */
const keys = /[0-9a-f]{64,}/gi;
/** Digits that stay, so that two lines about one key can be told to belong together. */
const shown = 8;

/** A text that goes to a log, with keys cut out: an observer may print anything it was given. */
export const logText = (text: string): string =>
  readable(text.replace(keys, (key) => `${key.slice(0, shown)}…`));
