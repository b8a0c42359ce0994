/** Reads a size such as `64MiB` as bytes; undefined when it is none, or nothing. */
export function byteSize(text: string): number | undefined {
  const [, amount, unit] = byteSizeForm.exec(text) ?? [];
  const size = Math.round(Number(amount) * (units[unit as keyof typeof units] ?? Number.NaN));
  return Number.isSafeInteger(size) && size > 0 ? size : undefined;
}

const units = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** What a size looks like. */
export const byteSizeForm = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/;

/** What is said where a size was expected. */
export const expectedByteSize =
  'expected a size above 0 with a unit (B, KiB, MiB or GiB), such as 64MiB';
