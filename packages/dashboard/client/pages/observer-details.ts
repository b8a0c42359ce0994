import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { ObserverAnswer } from '../api/observer-answer.js';
import { RefusedError, getJson } from '../api/requests.js';
import { usePoll } from '../live/poll.js';

/** What is asked for again each second while the page of an observer is open; `gone` when there is none. */
export function useObserverDetails(
  id: string,
  onAnswer: (answer: ObserverAnswer) => void,
): ReadonlySignal<ObserverAnswer | 'gone' | null> {
  const details = useSignal<ObserverAnswer | 'gone' | null>(null);
  usePoll(id, async (signal) => {
    try {
      const answer = await getJson<ObserverAnswer>(pathOf(id), signal);
      details.value = answer;
      onAnswer(answer);
    } catch (error) {
      if (error instanceof RefusedError && error.status === 404) details.value = 'gone';
    }
  });
  return details;
}

/** Where the server says what it knows of an observer. */
export const pathOf = (id: string): string => `/api/observers/${encodeURIComponent(id)}`;
