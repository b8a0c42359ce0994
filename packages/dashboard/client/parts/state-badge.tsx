import { useComputed } from '@preact/signals';

/** The state of an observer or a registry: its word, and a mark whose form and colour say how good that is. */
export function StateBadge({ of }: { readonly of: () => string }) {
  const state = useComputed(of);
  const tone = useComputed(() => `state ${toneOf(state.value)}`);
  return <span class={tone}>{state}</span>;
}

/** How good a state is. */
export function toneOf(state: string): Tone {
  return tones.get(state.replace(/\..*/, '')) ?? 'idle';
}

type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

const tones: ReadonlyMap<string, Tone> = new Map<string, Tone>([
  ['open', 'good'],
  ['live', 'good'],
  ['starting', 'busy'],
  ['syncing', 'busy'],
  ['restarting', 'busy'],
  ['opening', 'busy'],
  ['lagging', 'warn'],
  ['backoff', 'warn'],
  ['stuck', 'bad'],
  ['crashed', 'bad'],
  ['quarantined', 'bad'],
  ['failed', 'bad'],
]);
