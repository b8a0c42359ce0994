import { type Markup, markup } from '../markup.js';

/** How a state is drawn: in a colour, and with lines across, so that it can be told without colour. */
interface StateStyle {
  readonly colour: string;
  /** Lines across each tile of 8 by 8; none for a plain ground. */
  readonly lines: string;
}

const rising = 'M-2 2l4-4M0 8l8-8M6 10l4-4';
const falling = 'M-2 6l4 4M0 0l8 8M6-2l4 4';

const styles: ReadonlyMap<string, StateStyle> = new Map([
  ['live', { colour: 'var(--c2)', lines: '' }],
  ['lagging', { colour: 'var(--c1)', lines: 'M0 4h8' }],
  ['starting', { colour: 'var(--c6)', lines: rising }],
  ['syncing', { colour: 'var(--c0)', lines: 'M2 0v8M6 0v8' }],
  ['backoff', { colour: 'var(--c4)', lines: falling }],
  ['crashed', { colour: 'var(--bad)', lines: rising + falling }],
  ['stuck', { colour: 'var(--bad)', lines: 'M0 2h8M0 6h8' }],
  ['quarantined', { colour: 'var(--bad)', lines: '' }],
]);

const other: StateStyle = { colour: 'var(--quiet)', lines: '' };

/** What fills a shape of a state; the patterns have to be on the page. */
export function fillOf(state: string): string {
  const style = styles.get(state);
  if (style === undefined) return other.colour;
  return style.lines === '' ? style.colour : `url(#state-${state})`;
}

/** The patterns that `fillOf` names, to be once on a page or in a picture. */
export const statePatterns = markup`<defs>${[...styles]
  .filter(([, { lines }]) => lines !== '')
  .map(
    ([state, { colour, lines }]) =>
      markup`<pattern id="state-${state}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="${colour}"/><path d="${lines}" stroke="var(--page)" stroke-width="1.5"/></pattern>`,
  )}</defs>`;

/** What a state looks like, for a legend. */
export const stateSwatch = (state: string): Markup =>
  markup`<svg class="swatch" viewBox="0 0 24 12" aria-hidden="true"><rect width="24" height="12" fill="${fillOf(state)}"/></svg>`;
