import { randomUUID } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { CastellanError } from '@castellan/contract';

/** A registry over HTTP, and with which key it is asked. */
export interface RegistryAddress {
  /** `https://registry.example.com`; plain HTTP only on this machine. */
  readonly url: string;
  readonly key: string;
}

/** Asks one registry. */
export interface RegistryRequests {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  /** The bytes as they are. */
  text(path: string): Promise<string>;
  /** The bytes one after another. */
  bytes(path: string): Promise<Readable>;
  /** Sent once more where no answer came: it is done once. */
  post<T>(path: string, body: object): Promise<T>;
}

/** Milliseconds until an answer that does not come is a failure. */
const patience = 120_000;

/**
 * @throws CastellanError `bad-registry-url`; each request: `registry-unreachable`, `registry-refused`, `registry-not-found`
 */
export function registryRequests({ url, key }: RegistryAddress): RegistryRequests {
  const base = baseOf(url);
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    const headers = {
      'x-castellan-key': key,
      'cache-control': 'no-cache',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    };
    const once = (): Promise<Response> =>
      fetch(new URL(path, base), {
        method,
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const response = await once()
      .catch(once)
      .catch((cause: unknown) => {
        throw unreachable(url, cause);
      });
    if (response.ok) return response;
    throw refused(url, response.status, await detailOf(response));
  };
  return {
    url,
    get: async (path) => JSON.parse(await (await send('GET', path)).text()),
    async bytes(path) {
      const { body } = await send('GET', path);
      return body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream);
    },
    text: async (path) => (await send('GET', path)).text(),
    post: async (path, body) => JSON.parse(await (await send('POST', path, body)).text()),
  };
}

const local: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function baseOf(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe =
    parsed?.protocol === 'https:' ||
    (parsed?.protocol === 'http:' &&
      (local.has(parsed.hostname) || (isIPv4(parsed.hostname) && parsed.hostname.startsWith('127.'))));
  if (parsed === undefined || !isSafe)
    throw new CastellanError({
      code: 'bad-registry-url',
      message: `${url} is no address that a key is sent to`,
      mend: 'write https://…, or http://127.0.0.1:8181 on this machine',
    });
  if (!parsed.pathname.endsWith('/')) parsed.pathname += '/';
  return parsed;
}

function unreachable(url: string, error: unknown): CastellanError {
  const { cause, name } = error as { readonly cause?: { readonly code?: unknown }; readonly name: string };
  return new CastellanError({
    code: 'registry-unreachable',
    message: `the registry ${url} does not answer (${String(cause?.code ?? name)})`,
    mend: 'start it with castellan serve, or name another with --registry',
    cause: error,
  });
}

const remediations: ReadonlyMap<number, string> = new Map([
  [401, 'put a good key into CASTELLAN_REGISTRY_KEY'],
  [403, 'ask an administrator for a key whose role and teams allow it'],
  [404, 'check the name; or ask an administrator for a key whose role and teams allow it'],
  [422, 'change what it names'],
  [429, 'try again later'],
]);

function refused(url: string, status: number, detail: string): CastellanError {
  return new CastellanError({
    code: status === 404 ? 'registry-not-found' : 'registry-refused',
    message: `the registry ${url} answered ${status}${detail === '' ? '' : `, ${detail}`}`,
    mend: remediations.get(status) ?? 'use a castellan of the same version as the registry',
  });
}

async function detailOf(response: Response): Promise<string> {
  try {
    const { detail, title } = JSON.parse(await response.text()) as {
      readonly detail?: unknown;
      readonly title?: unknown;
    };
    const text = detail ?? title;
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}
