import { useEffect } from 'preact/hooks';
import { isFrozen } from './live-view.js';

/**
 * Asks again each second, while the view moves and somebody sees it.
 *
 * @param subject - what is asked about: with another one it begins anew
 * @param ask - is not called again before it has settled
 */
export function usePoll(subject: string, ask: (signal: AbortSignal) => Promise<void>): void {
  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      if (!isFrozen.value && !document.hidden) {
        // It is asked again; that the connection is lost is said above.
        await ask(ended.signal).catch(() => undefined);
      }
      if (!ended.signal.aborted) timer = setTimeout(() => void turn(), pauseMs);
    };
    void turn();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [subject]);
}

const pauseMs = 1_000;
