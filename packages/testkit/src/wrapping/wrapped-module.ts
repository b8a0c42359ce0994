import type { AnyObserver } from '@panoptes/workers/observer';

/*
 * One convention for modules that wrap an observer: whom they wrap, and how, stands in the query of
 * their URL, so that registering one changes nothing else, the observer's options least of all.
 */

/**
 * The module to register instead of an observer's own.
 *
 * @param wrapper - the module that wraps
 * @param observer - the observer's own module
 * @param settings - for the wrapper
 */
export function wrappedModule(
  wrapper: URL,
  observer: URL,
  settings: Readonly<Record<string, string>> = {},
): URL {
  const url = new URL(wrapper);
  url.search = new URLSearchParams({ observer: observer.href, ...settings }).toString();
  return url;
}

/**
 * What a wrapping module was asked for.
 *
 * @param url - its own, `import.meta.url`
 * @returns the observer to wrap, and its settings by name
 */
export async function wrappedIn(
  url: string,
): Promise<{ readonly definition: AnyObserver; readonly setting: (name: string) => string }> {
  const { searchParams } = new URL(url);
  const setting = (name: string): string => {
    const value = searchParams.get(name);
    if (value === null) throw new Error(`${url}: expected '${name}' in the query of the URL`);
    return value;
  };
  const { default: definition } = (await import(setting('observer'))) as { default: AnyObserver };
  return { definition, setting };
}
