import type { QueryAnswer } from './observer-answer.js';

/**
 * Asks the server for something.
 *
 * @throws {RefusedError} with what the server said
 */
export async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return answerOf<Answer>(await fetch(path, signal === undefined ? {} : { signal }));
}

/**
 * Has the server do something to an observer.
 *
 * @throws {RefusedError} with what the server said
 */
export async function actOn(id: string, action: string): Promise<void> {
  const path = `/api/observers/${encodeURIComponent(id)}/${encodeURIComponent(action)}`;
  await answerOf(await fetch(path, { method: 'POST' }));
}

/**
 * Asks an observer something.
 *
 * @throws {RefusedError} with what the server said
 */
export async function askObserver(
  id: string,
  query: string,
  args: readonly unknown[],
): Promise<QueryAnswer> {
  const response = await fetch(`/api/observers/${encodeURIComponent(id)}/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, args }),
  });
  return answerOf<QueryAnswer>(response);
}

/** What the server said in place of an answer. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What to show of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : 'it failed';

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (response.ok) return (await response.json()) as Answer;
  const said = (await response.json().catch(() => ({}))) as {
    readonly error?: { readonly code: string; readonly message: string };
  };
  const { code = 'UNKNOWN', message = `answered with ${response.status}` } = said.error ?? {};
  throw new RefusedError(response.status, code, message);
}
