/** Runs of at least 64 hexadecimal digits: keys, and DIDs made of them. */
const keys = /[0-9a-f]{64,}/gi;
/** Digits that stay, so that two lines about one key can be told to belong together. */
const shown = 8;

/** Cuts keys out of a text that goes to a log: an observer may print whatever it was given. */
export const redactKeys = (text: string): string =>
  text.replace(keys, (key) => `${key.slice(0, shown)}…`);
