import { computed, signal } from '@preact/signals';

/** What the address of the page asks for: which page, filters and sorting. It is where these are kept. */
export const address = signal(new URLSearchParams(location.search));

addEventListener('popstate', () => (address.value = new URLSearchParams(location.search)));

/** The page that is shown. */
export const page = computed(() => address.value.get('page') ?? 'overview');

/** A parameter of the address; empty when it is not there. */
export const parameter = (name: string): string => address.value.get(name) ?? '';

/** The address of a page with these parameters, for a link. */
export function hrefTo(name: string, parameters: Parameters = {}): string {
  const next = new URLSearchParams(name === 'overview' ? {} : { page: name });
  for (const [key, value] of Object.entries(parameters)) if (value !== '') next.set(key, value);
  return next.size === 0 ? '/' : `/?${next}`;
}

/** Goes to another page of this one, as a link does. */
export function goTo(href: string): void {
  history.pushState(null, '', href);
  address.value = new URLSearchParams(location.search);
}

/** Sets parameters of the page that is shown; an empty one goes away. */
export function setParameters(parameters: Parameters, how: 'step' | 'typing' = 'typing'): void {
  const next = new URLSearchParams(address.value);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const href = next.size === 0 ? '/' : `/?${next}`;
  // What is typed makes no step of its own: going back leads to where one came from.
  if (how === 'step') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  address.value = next;
}

/** By our own names, none of which a user chose. */
type Parameters = Readonly<Record<string, string>>;
