import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { parameter, setParameters } from '../address.js';
import type { LineRow } from '../api/observer-answer.js';
import { getJson } from '../api/requests.js';
import { usePoll } from '../live/poll.js';
import { count, timeOfDay } from '../number-format.js';
import { pathOf } from './observer-details.js';

/** What an observer has printed lately and what was said of it, the newest last, as in a terminal. */
export function LastLines({ id }: { readonly id: string }) {
  const lines = useLines(id).value;
  const source = parameter('lines');
  const shown = source === '' ? lines : lines.filter((line) => line.source === source);
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    // Whoever has scrolled up reads, and is left in peace.
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [shown.at(-1)?.number, shown.length]);
  const onScroll = () => {
    const { scrollTop, clientHeight, scrollHeight } = box.current!;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < slackPx;
  };
  return (
    <section class="panel" aria-labelledby="lines">
      <div class="panel-head">
        <h2 id="lines">Last lines</h2>
        <label class="sub">
          From{' '}
          <select
            value={source}
            onChange={({ currentTarget }) => setParameters({ lines: currentTarget.value })}
          >
            <option value="">all</option>
            {sources.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      {shown.length === 0 ? (
        <p class="sub">There are none.</p>
      ) : (
        <div
          class="lines"
          ref={box}
          role="region"
          aria-label="Last lines of the observer"
          tabIndex={0}
          onScroll={onScroll}
        >
          <ol>
            {shown.map((line, place) => (
              <Line key={line.number} line={line} missing={missingBefore(shown, place, source)} />
            ))}
          </ol>
        </div>
      )}
    </section>
  );
}

function Line({ line, missing }: { readonly line: LineRow; readonly missing: number }) {
  const { at, incarnation, source, level, text } = line;
  const from = level === 'info' || source === 'stderr' ? source : `${source}, ${level}`;
  return (
    <li class={level}>
      {missing > 0 && <p class="sub">… {count(missing)} that made room</p>}
      <span class="sub">
        {timeOfDay(at)} · {count(incarnation)} · {from}
      </span>
      <span class="line-text">{text}</span>
    </li>
  );
}

/** Those that are kept, of which the server sends what is new. */
function useLines(id: string) {
  const lines = useSignal<readonly LineRow[]>([]);
  usePoll(id, async (signal) => {
    const kept = lines.peek();
    const after = kept.at(-1)?.number ?? 0;
    const path = `${pathOf(id)}/lines?after=${after}`;
    const { lines: news } = await getJson<{ readonly lines: readonly LineRow[] }>(path, signal);
    if (news.length === 0) return;
    // An observer that was registered anew counts from 1 again.
    const before = news[0]!.number > after ? kept : [];
    lines.value = [...before, ...news].slice(-mostLines);
  });
  return lines;
}

/** How many lines have made room before one. Where a source was chosen, that cannot be told. */
function missingBefore(lines: readonly LineRow[], place: number, source: string): number {
  return source === '' ? lines[place]!.number - (lines[place - 1]?.number ?? 0) - 1 : 0;
}

const sources = ['stdout', 'stderr', 'supervisor'];
/** As many as the server sends at a time. */
const mostLines = 400;
/** A few pixels above the end is the end. */
const slackPx = 8;
