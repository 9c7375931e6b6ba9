import { readFileSync } from 'node:fs';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { CastellanError } from '@castellan/contract';
import { maxBytes, type Fetch } from './provider-fetch.ts';

/** Files of a connection. */
interface ConnectionFiles {
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Fetches over TLS with this network's own authorities, or as a client with a certificate (RFC 8705 section 2).
 * @param where names the entry in messages
 * @param fetch what is used where nothing is configured, and for addresses without TLS
 * @param most bytes of an answer
 * @throws CastellanError `unreadable-file`
 */
export function connectionFetch(
  where: string,
  connection: ConnectionFiles | undefined,
  fetch: Fetch,
  most: number = maxBytes,
): Fetch {
  const { ca, certificate, key } = connection ?? {};
  if (ca === undefined && certificate === undefined) return fetch;
  const tls = {
    ...(ca === undefined ? {} : { ca: read(`${where}.connection.ca`, ca) }),
    ...(certificate === undefined ? {} : { cert: read(`${where}.connection.certificate`, certificate) }),
    ...(key === undefined ? {} : { key: read(`${where}.connection.key`, key) }),
  };
  return (address, init) => {
    const url = new URL(address instanceof Request ? address.url : address);
    return url.protocol === 'https:' ? over(url, init, tls, most) : fetch(address, init);
  };
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable-file',
      message: `${option} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable file in PEM',
      cause,
    });
  }
}

/** One request; no redirect is followed. */
function over(url: URL, init: RequestInit | undefined, tls: RequestOptions, most: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers, body, signal } = init ?? {};
    const options: RequestOptions = {
      ...tls,
      method,
      headers: Object.fromEntries(new Headers(headers)),
      ...(signal === undefined || signal === null ? {} : { signal }),
      agent: false,
    };
    const sent = httpsRequest(url, options, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > most) answer.destroy(new Error(`more than ${most} bytes`));
        else chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode: status = 502, headers: fields } = answer;
        const empty = status === 204 || status === 205 || status === 304;
        const said = Object.entries(fields).map(([name, value]): [string, string] => [name, [value].flat().join(', ')]);
        resolve(new Response(empty ? null : Buffer.concat(chunks), { status, headers: said }));
      });
    });
    sent.on('error', reject);
    sent.end(typeof body === 'string' ? body : undefined);
  });
}
