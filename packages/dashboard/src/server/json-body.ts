import { messageOf } from '@panoptes/core';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { DashboardError } from '../dashboard-error.js';

/**
 * Reads the body of a request as JSON, which it must say it is: a page of another site cannot without
 * asking first.
 *
 * @throws {DashboardError} when it is none
 */
export async function jsonBody(c: Context<Bound>): Promise<unknown> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new DashboardError('DASHBOARD_BODY_INVALID', `expected content-type: application/json`);
  }
  let bytes: ArrayBuffer;
  try {
    bytes = await c.req.arrayBuffer();
  } catch (cause) {
    const message = 'expected a body as long as it was said to be';
    throw new DashboardError('DASHBOARD_BODY_INVALID', message, { cause });
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    const message = `expected JSON in UTF-8: ${messageOf(cause).slice(0, longestReason)}`;
    throw new DashboardError('DASHBOARD_BODY_INVALID', message, { cause });
  }
}

/** Refuses a request with a body that is larger, or does not say how large it is, before any of it is read. */
export const bodyLimit =
  (mostBytes: number): MiddlewareHandler<Bound> =>
  (c, next) => {
    const { headers: given } = c.env.incoming;
    const isOpen = given['transfer-encoding'] !== undefined;
    if (!isOpen && Number(given['content-length'] ?? 0) <= mostBytes) return next();
    const message = `expected a body of at most ${mostBytes} bytes, which says its content-length`;
    throw new DashboardError('DASHBOARD_TOO_LARGE', message);
  };

/** What a handler is given here. */
interface Bound {
  Bindings: HttpBindings;
}

/** Characters of what a parser says. */
const longestReason = 200;
