import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { DashboardError } from '../dashboard-error.js';

/**
 * Who may ask. A page of another site can make a browser send requests to this server, and has its own
 * name lead here when that suits it (DNS rebinding). So the `Host` of a request must be an address, or a
 * name that was allowed; its `Origin` must be this server itself; and it must know the token, which no other
 * page does.
 */
export class Access {
  readonly #token: Buffer;
  readonly #hosts: ReadonlySet<string>;

  constructor(token: string, allowedHosts: readonly string[]) {
    this.#token = digestOf(token);
    this.#hosts = new Set(['localhost', ...allowedHosts.map((host) => host.toLowerCase())]);
  }

  /**
   * @returns where it had the token from
   * @throws {DashboardError} when it may not ask
   */
  check(asked: AskedFor): 'header' | 'cookie' | 'query' {
    const host = this.#checkHost(asked);
    checkOrigin(asked, host);
    const { authorization, cookie, query, isRead, origin } = asked;
    const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (this.#isToken(bearer)) return 'header';
    // In an address it may lie about in histories and logs: it is for the first visit, not for actions.
    if (isRead && this.#isToken(query)) return 'query';
    // Browsers send the cookie by themselves, and with every action the origin.
    if (this.#isToken(cookie) && (isRead || origin !== undefined)) return 'cookie';
    throw new DashboardError(
      'DASHBOARD_UNAUTHORIZED',
      'expected the token of this dashboard: open the URL that was printed when it started, or send ' +
        'the header authorization: Bearer <token>',
    );
  }

  #checkHost({ host }: AskedFor): string {
    const url = URL.canParse(`http://${host ?? ''}/`)
      ? new URL(`http://${host ?? ''}/`)
      : undefined;
    const name = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
    if (url !== undefined && (isIP(name) !== 0 || this.#hosts.has(name))) return url.host;
    throw new DashboardError(
      'DASHBOARD_FOREIGN_HOST',
      `expected a request to an address, to localhost or to a host of the option 'allowedHosts'`,
    );
  }

  /** Takes the same time whatever is wrong with it. */
  #isToken(given: string | undefined): boolean {
    return timingSafeEqual(digestOf(given ?? ''), this.#token);
  }
}

/** As much of a request as is looked at. */
export interface AskedFor {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The header `Sec-Fetch-Site`, which no page can set. */
  readonly site: string | undefined;
  /** The header `Sec-Fetch-Dest`. */
  readonly destination: string | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  /** The parameter `token` of its address. */
  readonly query: string | undefined;
  /** Whether it changes nothing. */
  readonly isRead: boolean;
}

function checkOrigin({ origin, site, destination, isRead }: AskedFor, host: string): void {
  const isOwn = origin === undefined || /^https?:\/\/(.*)$/.exec(origin)?.[1] === host;
  const isNear = site === undefined || site === 'same-origin' || site === 'none';
  // A link from elsewhere may lead here; who set it sees nothing of the answer.
  if (isOwn && (isNear || (isRead && destination === 'document'))) return;
  throw new DashboardError(
    'DASHBOARD_FOREIGN_ORIGIN',
    'expected a request from a page of this dashboard, or from no page',
  );
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
