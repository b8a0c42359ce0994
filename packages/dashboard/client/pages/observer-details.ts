import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ObserverAnswer } from '../api/observer-answer.js';
import { RefusedError, getJson } from '../api/requests.js';
import { isFrozen, overview } from '../live/live-view.js';

/** What is asked for again each second while the page of an observer is open; `gone` when there is none. */
export function useObserverDetails(
  id: string,
  onAnswer: (answer: ObserverAnswer, at: number) => void,
): ReadonlySignal<ObserverAnswer | 'gone' | null> {
  const details = useSignal<ObserverAnswer | 'gone' | null>(null);
  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      if (!isFrozen.value && !document.hidden) {
        try {
          const path = `/api/observers/${encodeURIComponent(id)}`;
          const answer = await getJson<ObserverAnswer>(path, ended.signal);
          details.value = answer;
          onAnswer(answer, overview.peek()?.at ?? 0);
        } catch (error) {
          if (error instanceof RefusedError && error.status === 404) details.value = 'gone';
          // Else it is asked again; that the connection is lost is said above.
        }
      }
      if (!ended.signal.aborted) timer = setTimeout(() => void ask(), pauseMs);
    };
    details.value = null;
    void ask();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [id]);
  return details;
}

const pauseMs = 1_000;
