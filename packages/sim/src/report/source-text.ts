/** What a run was fed from, with the seed: generated churn is called after its own already. */
export function sourceText(source: string, seed: string | null): string {
  const ending = `, seed ${seed}`;
  return seed === null || source.endsWith(ending) ? source : source + ending;
}
