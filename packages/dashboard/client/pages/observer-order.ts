import { type ReadonlySignal, type Signal, computed, untracked } from '@preact/signals';
import { parameter, setParameters } from '../address.js';
import { second } from '../live/live-view.js';
import { type ObserverLine, observerLines } from '../live/observer-lines.js';
import { observerColumns, textOrders } from './observer-columns.js';

/**
 * Which observers are shown, in which order, as the address asks for it. It follows the figures once
 * a second, and not while it is held: a row that is about to be clicked stays where it is.
 */
export function observerOrder(isHeld: Signal<boolean>): ReadonlySignal<readonly ObserverLine[]> {
  let last: readonly ObserverLine[] = [];
  let lastAsked = '';
  let lastSecond = 0;
  let lastKnown: readonly ObserverLine[] | undefined;
  return computed(() => {
    const known = observerLines.value;
    const filter = observerFilter();
    const { by, isDescending } = sorting();
    const asked = JSON.stringify([filter, by, isDescending]);
    const isDue = lastSecond !== second.value;
    const isAsked = asked !== lastAsked || known !== lastKnown;
    if (!isAsked && (isHeld.value || !isDue)) return last;
    lastSecond = second.peek();
    [lastAsked, lastKnown] = [asked, known];
    const lines = untracked(() =>
      known.filter((line) => fits(line, filter)).sort(comparison(by, isDescending)),
    );
    const isSame = lines.length === last.length && lines.every((line, i) => line === last[i]);
    return isSame ? last : (last = lines);
  });
}

/** What the address says of which to show. */
export const observerFilter = () => ({
  search: parameter('search'),
  state: parameter('state'),
  role: parameter('role'),
});

/** What they are sorted by: those that are furthest behind come first unless the address says otherwise. */
export function sorting(): { readonly by: string; readonly isDescending: boolean } {
  const by = parameter('sort') || 'lag';
  return { by, isDescending: (parameter('order') || naturalOrder(by)) === 'desc' };
}

/** Sorts by a column; when that is so already, the other way round. */
export function sortBy(column: string): void {
  const { by, isDescending } = sorting();
  const order = column !== by ? naturalOrder(column) : isDescending ? 'asc' : 'desc';
  setParameters({ sort: column, order }, 'step');
}

/** Large numbers are what one looks for, and names are read from A on. */
const naturalOrder = (column: string): 'asc' | 'desc' => (textOrders.has(column) ? 'asc' : 'desc');

function fits({ name, row }: ObserverLine, filter: ReturnType<typeof observerFilter>): boolean {
  const { search, state, role } = filter;
  if (state !== '' && row.value.state !== state) return false;
  if (role !== '' && row.value.role !== role) return false;
  return search === '' || name.toLowerCase().includes(search.toLowerCase());
}

function comparison(by: string, isDescending: boolean) {
  const sign = isDescending ? -1 : 1;
  const text = textOrders.get(by);
  const number = observerColumns.find(({ id }) => id === by)?.value;
  return (a: ObserverLine, b: ObserverLine): number => {
    const order =
      text !== undefined
        ? text(a).localeCompare(text(b))
        : number !== undefined
          ? number(a) - number(b)
          : 0;
    return sign * order || a.name.localeCompare(b.name);
  };
}
