import { signal } from '@preact/signals';
import type { Sample } from '../api/answers.js';

/**
 * How it stands with the server: `refused` is one that knows another token than this page, `busy` one that
 * as many watch as may.
 */
export const connection = signal<'connecting' | 'live' | 'lost' | 'refused' | 'busy'>('connecting');

/**
 * Listens to the server's samples, and comes back by itself when the connection is lost. A page that nobody
 * sees does not: there are so many places only, and a browser keeps few connections to one server.
 *
 * @param onOpen - to be told each time that it begins anew: what came meanwhile was missed
 */
export function followLive(onOpen: () => void, onSample: (sample: Sample) => void): void {
  let source: EventSource | undefined;
  let failures = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const rest = () => {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
  };
  const hear = () => {
    clearTimeout(silence);
    silence = setTimeout(lose, mostSilenceMs);
    failures = 0;
    if (connection.value !== 'live') connection.value = 'live';
  };
  const lose = () => {
    rest();
    if (connection.value === 'live') connection.value = 'lost';
    retry = setTimeout(open, Math.min(mostPauseMs, leastPauseMs * 2 ** failures++));
    void reasonOf().then((reason) => {
      if (connection.value !== 'live') connection.value = reason;
    });
  };
  const open = () => {
    rest();
    source = new EventSource('/api/live');
    source.addEventListener('open', () => {
      hear();
      onOpen();
    });
    source.addEventListener('sample', (event: MessageEvent<string>) => {
      hear();
      onSample(JSON.parse(event.data) as Sample);
    });
    source.addEventListener('error', lose);
  };
  const look = () => (document.hidden ? rest() : open());
  document.addEventListener('visibilitychange', look);
  look();
}

/** A page that listens is not told why it cannot; one that asks is. */
async function reasonOf(): Promise<'lost' | 'refused' | 'busy'> {
  const asked = new AbortController();
  try {
    const { status } = await fetch('/api/live', { signal: asked.signal });
    return status === 401 ? 'refused' : status === 503 ? 'busy' : 'lost';
  } catch {
    return 'lost';
  } finally {
    asked.abort();
  }
}

/** Milliseconds without a sample after which the connection is taken for lost; looks at a very large registry may be far apart. */
const mostSilenceMs = 70_000;
const leastPauseMs = 500;
const mostPauseMs = 8_000;
