import { batch, computed, signal } from '@preact/signals';
import type { Abilities, Overview, Sample } from '../api/answers.js';
import { getJson } from '../api/requests.js';
import { loadFigureWords } from './figure-words.js';
import { followLive } from './live-feed.js';
import { loadHistory, noteHistory } from './history-columns.js';
import { showObservers } from './observer-lines.js';

/** The registry as it was in the sample that is shown; null before the first. */
export const overview = signal<Overview | null>(null);
/** Whether the view stands still. */
export const isFrozen = signal(false);
/** What may be done to observers here. */
export const abilities = signal<Abilities>({ readOnly: false, actions: [] });
/** What may be done to observers now: nothing once the program has kept them as they were. */
export const actions = computed(() =>
  overview.value?.frozenAt === null ? abilities.value.actions : none,
);
const none: Abilities['actions'] = [];
/** Changes at most once a second: for what would be restless if it changed with each sample. */
export const second = computed(() => Math.floor((overview.value?.at ?? 0) / 1_000));

/** When the row of the history was noted that was seen last, in Unix milliseconds: the sample is of that moment. */
export const noted = signal(0);
/** Counts how often this page has begun to listen, or gone on: what was sent before, it may have missed. */
export const caughtUp = signal(0);

/** Begins to show what the server says. */
export function startView(): void {
  followLive(
    () => void catchUp(),
    (sample) => {
      latest = sample;
      if (!isFrozen.value) show(sample);
    },
  );
}

/** Stands still, or goes on with what is now. */
export function toggleFrozen(): void {
  isFrozen.value = !isFrozen.value;
  if (isFrozen.value) return;
  if (latest !== undefined) show(latest);
  void catchUp();
}

let latest: Sample | undefined;

/** Gets what a page that has not listened does not know. */
async function catchUp(): Promise<void> {
  try {
    await loadFigureWords();
    const [known, history] = await Promise.all([
      getJson<Abilities>('/api/overview'),
      getJson<Parameters<typeof loadHistory>[0]>('/api/history'),
    ]);
    if (isFrozen.value) return;
    abilities.value = { readOnly: known.readOnly, actions: known.actions };
    loadHistory(history);
    caughtUp.value++;
  } catch {
    // The feed finds out too, and begins anew.
  }
}

function show(sample: Sample): void {
  batch(() => {
    overview.value = sample.overview;
    showObservers(sample.observers, sample.overview.at);
    if (sample.history === null) return;
    noteHistory(sample.history);
    noted.value = sample.history[0] ?? 0;
  });
}
