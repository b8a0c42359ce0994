/**
 * The word that was probably meant: the nearest by optimal string alignment (Damerau–Levenshtein
 * without edits inside a swap), if a third of its letters at most are wrong; otherwise the first that
 * begins with it.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined;
  const meant = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(meant, candidate.toLowerCase());
    const most = Math.ceil(Math.max(word.length, candidate.length) / 3);
    if (distance > most || distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  if (best !== undefined || word.length < leastBeginning) return best;
  return known.find((candidate) => candidate.toLowerCase().startsWith(meant));
}

/** `; did you mean 'peers'?`, or nothing where no word is near. */
export function suggestion(word: unknown, known: readonly string[]): string {
  const nearest = typeof word === 'string' ? nearestWord(word, known) : undefined;
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}

/** Fewer letters begin too many words. */
const leastBeginning = 3;

/** Longer words are no misspellings, and comparing them would take long. */
const longestWord = 64;

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  if (Math.max(a.length, b.length) > longestWord) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          above[j]! + 1,
          row[j - 1]! + 1,
          above[j - 1]! + cost,
          isSwap ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
