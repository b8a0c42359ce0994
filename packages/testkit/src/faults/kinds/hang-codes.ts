/**
 * As what code that makes no progress is noticed. What it is comes first, then what it is taken for where a
 * runtime cannot tell the two apart, or where a machine is so busy that an answer comes late.
 */
export const hangCodes = {
  waiting: ['stalled', 'hung', 'stuck'],
  looping: ['hung', 'stuck'],
  inNativeCode: ['stuck', 'hung'],
} as const;
