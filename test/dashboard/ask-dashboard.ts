import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

/** A request as a program makes it that is no browser: nothing of it is made right on the way. */
export interface Asking {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON. */
  readonly json: () => unknown;
}

/** Asks a dashboard, with its token unless other headers are given. */
export function ask({ host = '127.0.0.1', port, token }: Place, asking: Asking): Promise<Answer> {
  const { method = 'GET', path = '/', headers = bearer(token), body } = asking;
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path, headers, agent: false });
    sent.on('error', reject).on('response', (response) => {
      response.toArray().then((chunks: Buffer[]) => {
        const text = Buffer.concat(chunks).toString();
        const { statusCode: status = 0, headers: got } = response;
        resolve({ status, headers: got, text, json: () => JSON.parse(text) as unknown });
      }, reject);
    });
    sent.end(body);
  });
}

/** Where a dashboard is, and what it must be told. */
interface Place {
  readonly host?: string;
  readonly port: number;
  readonly token: string;
}

/** The status of a refusal and the code of its error. */
export async function refusalOf(dashboard: Place, asking: Asking): Promise<[number, string]> {
  const { status, json } = await ask(dashboard, asking);
  return [status, (json() as { error: { code: string } }).error.code];
}

/** The header by which a program says the token. */
export const bearer = (token: string): OutgoingHttpHeaders => ({
  authorization: `Bearer ${token}`,
});
