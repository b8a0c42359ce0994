/** A number for people to read, as in `12,345.6`, with one digit after the point at most. */
export const numberText = (n: number): string => oneDecimal.format(n);

/** A whole number for people to read, as in `12,345`. */
export const wholeNumberText = (n: number): string => whole.format(n);

/** How many there are of a thing, as in `1 leave` or `1,200 leaves`. */
export const counted = (n: number, one: string, several = `${one}s`): string =>
  `${numberText(n)} ${n === 1 ? one : several}`;

const oneDecimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
