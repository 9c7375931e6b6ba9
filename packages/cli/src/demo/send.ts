import { request } from 'node:http';

/** A request as an attacker writes it: the path goes out as given, nothing is tidied up. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The address of this machine that it is sent from. */
  readonly from?: string | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly text: string;
  /** The body, where it is JSON. */
  readonly json: unknown;
}

/** Sends one request. A connection that is cut counts as status 0. */
export function send(
  base: string,
  { method = 'GET', path, token, headers = {}, body, from }: RawRequest,
): Promise<RawAnswer> {
  const url = new URL(base);
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve) => {
    const cut = (): void => resolve({ status: 0, requestId: undefined, text: '', json: undefined });
    const outgoing = request(
      {
        host: url.hostname,
        port: url.port,
        method,
        path,
        agent: false,
        ...(from === undefined || process.platform !== 'linux' ? {} : { localAddress: from }),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', cut);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString('utf8');
          const id = response.headers['x-request-id'];
          resolve({
            status: response.statusCode ?? 0,
            requestId: typeof id === 'string' ? id : undefined,
            text: answer,
            json: parse(answer),
          });
        });
      },
    );
    outgoing.on('error', cut);
    outgoing.end(text);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A property of a JSON answer. */
export function property(answer: RawAnswer, name: string): unknown {
  const { json } = answer;
  return typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? (json as Record<string, unknown>)[name]
    : undefined;
}
