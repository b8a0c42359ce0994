/** Counts one duration. The counts may be shared with a thread that reads them meanwhile. */
export function countDuration(counts: Float64Array, micros: number): void {
  const bucket = bucketOf(micros);
  counts[bucket] = counts[bucket]! + 1;
}

/**
 * The duration that a share of all counted ones do not exceed, in microseconds; 0 without any.
 *
 * @param share - from 0 to 1: 0.5 for the median
 */
export function quantile(counts: Float64Array, share: number): number {
  let total = 0;
  for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) total += counts[bucket]!;
  if (total === 0) return 0;
  let left = share * total;
  for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    left -= counts[bucket]!;
    if (left <= 0 && counts[bucket]! > 0) return middleOf(bucket);
  }
  return longest;
}

/** How many of the counted durations are at least so long. */
export function countFrom(counts: Float64Array, micros: number): number {
  let total = 0;
  for (let bucket = bucketOf(micros); bucket < HISTOGRAM_BUCKETS; bucket++) {
    total += counts[bucket]!;
  }
  return total;
}

/** Buckets for each doubling: a figure read from the histogram is within 6.25 % of the true one. */
const perOctave = 8;
/** Durations from 0 to 2^32 µs, some 71 minutes; longer ones count as that. */
const longest = 2 ** 32 - 1;

/** How many counts a histogram has. */
export const HISTOGRAM_BUCKETS = 240;

/** Eight buckets an octave, as in HdrHistogram: the highest bit, and the three bits behind it. */
function bucketOf(micros: number): number {
  const value = Math.min(longest, Math.max(0, micros)) >>> 0;
  if (value < perOctave) return value;
  const octave = 31 - Math.clz32(value);
  return (octave - 2) * perOctave + ((value >>> (octave - 3)) & (perOctave - 1));
}

function middleOf(bucket: number): number {
  if (bucket < perOctave) return bucket;
  const width = 2 ** (Math.floor(bucket / perOctave) - 1);
  return (perOctave + (bucket % perOctave)) * width + (width - 1) / 2;
}
