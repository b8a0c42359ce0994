import type { LineOrder } from './observer-lines.js';
import { columnIds, observerColumns } from './observer-columns.js';

/** What somebody has chosen to see. */
export interface TopView extends LineOrder {
  /** Whether keys are letters of the filter. */
  readonly isTyping: boolean;
  /** Whether it stands still. */
  readonly isPaused: boolean;
  /** Lines above the first that is shown. */
  readonly above: number;
}

/** A key, as `readline` names it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

/**
 * What a key changes.
 *
 * @param page - lines that are shown at a time
 * @returns `quit` or `interrupt` when it ends it
 */
export function afterKey(view: TopView, key: Key, page: number): TopView | 'quit' | 'interrupt' {
  if (key.ctrl === true && key.name === 'c') return 'interrupt';
  if (view.isTyping) return afterLetter(view, key);
  if (key.name === 'q') return 'quit';
  const { above } = view;
  switch (key.name) {
    case 'up':
      return { ...view, above: Math.max(0, above - 1) };
    case 'down':
      return { ...view, above: above + 1 };
    case 'pageup':
      return { ...view, above: Math.max(0, above - page) };
    case 'pagedown':
      return { ...view, above: above + page };
    case 'home':
      return { ...view, above: 0 };
    case 'left':
      return { ...view, sort: neighbour(view, -1) };
    case 'right':
      return { ...view, sort: neighbour(view, 1) };
    case 'space':
      return { ...view, isPaused: !view.isPaused };
    case 'escape':
      return { ...view, filter: '', above: 0 };
  }
  if (key.sequence === '/') return { ...view, isTyping: true, above: 0 };
  if (key.sequence === 'i') return { ...view, isReversed: !view.isReversed };
  const chosen = observerColumns.find((column) => column.key === key.sequence);
  return chosen === undefined ? view : { ...view, sort: chosen.id, isReversed: false, above: 0 };
}

/** Keys that change what is shown, for those who look for them. */
export const keyHelp =
  'q quit · / filter · i invert · space pause · ←→ or a letter sorts: ' +
  observerColumns.map(({ id, key }) => `${key} ${id}`).join(', ');

/** Characters of a filter. */
const longestFilter = 64;

function afterLetter(view: TopView, { name, sequence = '', ctrl }: Key): TopView {
  if (name === 'return' || name === 'enter') return { ...view, isTyping: false };
  if (name === 'escape') return { ...view, isTyping: false, filter: '' };
  if (name === 'backspace')
    return { ...view, filter: Array.from(view.filter).slice(0, -1).join('') };
  const isLetter =
    ctrl !== true && Array.from(sequence).length === 1 && sequence >= ' ' && sequence !== '\u007f';
  return isLetter && view.filter.length < longestFilter
    ? { ...view, filter: view.filter + sequence, above: 0 }
    : view;
}

function neighbour({ sort }: TopView, step: number): TopView['sort'] {
  const count = columnIds.length;
  return columnIds[(columnIds.indexOf(sort) + step + count) % count]!;
}
