/** Runs of at least 64 hexadecimal digits: keys, and DIDs made of them. */
const keys = /[0-9a-f]{64,}/gi;
/** Digits that stay, so that two lines about one key can be told to belong together. */
const shown = 8;

/**
 * What whoever shows a log on a terminal would obey: escapes, which JSON lets pass in part and a pretty
 * printer writes out again, and what turns the direction of a line round. Lines and tabs stay.
 */
const controls =
  // eslint-disable-next-line no-control-regex -- these are the ones
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A name as it stands in a log: with what nobody would see written as in `\u001b`. */
export const logName = (name: string): string =>
  name.replace(controls, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A text that goes to a log, with keys cut out: an observer may print whatever it was given. */
export const logText = (text: string): string =>
  logName(text.replace(keys, (key) => `${key.slice(0, shown)}…`));
