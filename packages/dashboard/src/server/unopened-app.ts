import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { DashboardError } from '../dashboard-error.js';

/** What the server answers while there is no registry to show: the same to everybody, whatever they ask. */
export function unopenedApp(): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.notFound((c) => {
    const { code, message, status } = new DashboardError(
      'DASHBOARD_NOT_OPEN',
      'the registry is not open yet; ask again in a moment',
    );
    c.header('Retry-After', '1');
    return c.json({ error: { code, message } }, status);
  });
  return app;
}
