import { TextDecoderStream } from 'node:stream/web';
import { type Clock, ConfigError, isA, messageOf } from '@panoptes/core';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import { printable } from '../report/printable.js';
import type { DashboardPlace } from './dashboard-place.js';
import { type DashboardSample, dashboardSample } from './dashboard-sample.js';

/**
 * The samples of a dashboard as it sends them, by one connection. They end when `signal` aborts.
 *
 * @throws {ConfigError} when there is something else, or who asks is refused: to ask again is of no use
 * @throws {LostConnection} when the connection has ended, or nobody is there
 */
export async function* dashboardStream(
  { base, token }: DashboardPlace,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<DashboardSample, void> {
  const end = new AbortController();
  const silent = (): void => end.abort(new Error(`nothing came for ${mostSilenceMs / 1_000} s`));
  let cancel = clock.after(mostSilenceMs, silent, { background: true });
  try {
    const response = await fetch(new URL('api/live', base), {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, end.signal]),
    });
    await checkAnswer(response, base);
    const parser = new EventSourceParserStream({
      maxBufferSize: mostCharacters,
      onError: 'terminate',
    });
    const events = response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(parser);
    for await (const { event, data } of events) {
      if (event !== 'sample') continue;
      const sample = dashboardSample(data);
      if (sample === undefined) throw new ConfigError(`${noDashboard(base)}, got other samples`);
      cancel();
      cancel = clock.after(mostSilenceMs, silent, { background: true });
      yield sample;
    }
    throw new Error('it has ended the connection');
  } catch (error) {
    if (signal.aborted) return;
    if (isA(error, ConfigError)) throw error;
    throw new LostConnection(reasonOf(end.signal.aborted ? end.signal.reason : error));
  } finally {
    cancel();
    end.abort();
  }
}

/** The connection to a dashboard is gone, or could not be made. */
export class LostConnection extends Error {}

/** Samples come a minute apart at most. */
const mostSilenceMs = 75_000;
/** Longest sample that is read, in characters. */
const mostCharacters = 1 << 25;

/** `fetch` says the reason in the cause. */
const reasonOf = (error: unknown): string =>
  messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);

/** What is said of a place where something else is. */
export const noDashboard = ({ origin }: URL): string => `expected a dashboard at ${origin}`;

async function checkAnswer(response: Response, base: URL): Promise<void> {
  const { status, headers } = response;
  const type = headers.get('content-type') ?? 'no type';
  if (status === 200 && type.startsWith('text/event-stream') && response.body !== null) return;
  const refusal = await refusalIn(response);
  if (refusal === undefined) {
    throw new ConfigError(`${noDashboard(base)}, got an answer ${status} (${printable(type)})`);
  }
  const { code, message } = refusal;
  // It may be well in a moment.
  if (status === 503) throw new Error(message);
  throw new ConfigError(
    code === 'DASHBOARD_UNAUTHORIZED'
      ? `expected the token of the dashboard at ${base.origin}, got another one; each start has a new ` +
          'one, unless PANOPTES_TOKEN says it'
      : `the dashboard at ${base.origin} refuses: ${message}`,
  );
}

const refusalShape = z.object({
  error: z.object({ code: z.string().startsWith('DASHBOARD_'), message: z.string().max(2_000) }),
});

/** How a dashboard says why it refuses; undefined where none does. */
async function refusalIn({
  body,
}: Response): Promise<z.output<typeof refusalShape>['error'] | undefined> {
  let text = '';
  try {
    for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.length > mostRefusal) return undefined;
    }
    return refusalShape.parse(JSON.parse(text)).error;
  } catch {
    return undefined;
  }
}

/** Longest refusal that is read, in characters. */
const mostRefusal = 16_384;
