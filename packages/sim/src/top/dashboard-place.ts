import { ConfigError, describe } from '@panoptes/core';

/** Where a dashboard is, and what lets in there. */
export interface DashboardPlace {
  /** Its address, with a slash at the end and without the token. */
  readonly base: URL;
  readonly token: string;
}

/**
 * Reads where a dashboard is.
 *
 * @param given - a URL as a dashboard prints it, or a port of this machine
 * @param token - the one to use where the URL has none
 * @throws {ConfigError} when it is neither, or there is no token
 */
export function dashboardPlace(given: string, token: string | undefined): DashboardPlace {
  const text = /^\d{1,5}$/.test(given) ? `http://127.0.0.1:${given}` : given;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username + url.password !== '') {
    throw new ConfigError(
      `expected the URL that a dashboard printed, or its port, got ${describe(withoutToken(given))}`,
    );
  }
  const known = url.searchParams.get('token') ?? token;
  if (known === undefined || !/^[!-~]{1,256}$/.test(known)) {
    throw new ConfigError(
      `expected the token of the dashboard in the URL, as it was printed, or in PANOPTES_TOKEN, got ` +
        (known === undefined ? 'none' : 'one that no dashboard has'),
    );
  }
  const { origin, pathname } = url;
  return { base: new URL(pathname.replace(/\/?$/, '/'), origin), token: known };
}

/** What is typed wrong may have it all the same. */
const withoutToken = (given: string): string => given.replace(/(token=)[^&#]*/i, '$1…');
