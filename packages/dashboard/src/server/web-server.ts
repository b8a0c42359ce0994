import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type HttpBindings, getRequestListener } from '@hono/node-server';
import { messageOf } from '@panoptes/core';
import type { Hono } from 'hono';
import type { DashboardConfig } from '../dashboard-options.js';
import { DashboardError } from '../dashboard-error.js';

/** A server with limits on what may be held open, and for how long. */
export class WebServer {
  readonly #server: Server;
  #closing: Promise<void> | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Listens, before there is anything to answer with: the port is known then.
   *
   * @throws {DashboardError} when it cannot listen there
   */
  static async listen({ host, port, maxConnections }: DashboardConfig): Promise<WebServer> {
    const server = createServer(limits);
    server.maxConnections = maxConnections;
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (cause) {
      throw new DashboardError(
        'DASHBOARD_CANNOT_LISTEN',
        `expected to listen at ${host}, port ${port}: ${messageOf(cause)}; choose another ` +
          `(options 'host' and 'port'; port 0 is any that is free)`,
        { cause },
      );
    }
    // A connection that cannot be accepted is no reason to end the process.
    server.on('error', () => undefined);
    return new WebServer(server);
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** Answers like this from now on: to be called first in the turn in which it listens. */
  answerWith(app: Hono<{ Bindings: HttpBindings }>): void {
    // The program's own `Request` and `Response` stay what they are.
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    this.#server.removeAllListeners('request');
    this.#server.on('request', (request, response) => void listener(request, response));
  }

  /** Ends all connections, whatever goes on there. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }
}

/** Who says nothing, or says it slowly, is not waited for. */
const limits = {
  maxHeaderSize: 16 * 1_024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};
