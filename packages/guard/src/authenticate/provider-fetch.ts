import { CastellanError } from '@castellan/contract';

export type Fetch = typeof globalThis.fetch;

const timeout = 5000;
/** Bytes of an answer at most. */
export const maxBytes = 512 * 1024;

/** Why a provider gave no usable answer. `unreachable`: it may be back soon; `wrong`: waiting does not help. */
export class ProviderError extends Error {
  readonly kind: 'unreachable' | 'wrong';

  constructor(kind: 'unreachable' | 'wrong', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

/**
 * Fetches a JSON object from an identity provider: no redirects, 5 s, 512 KiB.
 * @throws ProviderError
 */
export async function fetchJson(
  fetch: Fetch,
  address: string,
  request: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Record<string, unknown>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
      signal: AbortSignal.timeout(timeout),
      redirect: 'manual',
    });
    text = await limitedText(response);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError('unreachable', `${address} cannot be reached (${reasonOf(error)})`, error);
  }
  if (response.status >= 300 && response.status < 400) {
    const to = originOf(response.headers.get('location'), address);
    throw new ProviderError('wrong', `${address} redirects to ${to}, which is not followed: name the final address`);
  }
  if (!response.ok) {
    throw new ProviderError(
      response.status >= 500 || response.status === 429 ? 'unreachable' : 'wrong',
      `${address} answers ${response.status}`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProviderError('wrong', `${address} does not answer JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProviderError('wrong', `${address} does not answer a JSON object`);
  return value as Record<string, unknown>;
}

async function limitedText(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new ProviderError('wrong', `${response.url} answers more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const unknownAuthority = 'its certificate is of an authority that is not known here; name its file, connection: { ca }';
const certificateProblems: ReadonlyMap<string, string> = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownAuthority],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownAuthority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', unknownAuthority],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
]);

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `no answer within ${timeout / 1000} s`;
  const cause = (error.cause ?? error) as { code?: unknown; message?: unknown };
  const code = String(cause.code ?? cause.message ?? error.message).slice(0, 100);
  const meant = certificateProblems.get(code);
  return meant === undefined ? code : `${code}: ${meant}`;
}

/** The error with which a guard does not start. */
export function startError(scheme: string, error: ProviderError): CastellanError {
  return new CastellanError({
    code: error.kind === 'unreachable' ? 'provider-unreachable' : 'provider-unusable',
    message: `authentication.${scheme}: ${error.message}`,
    mend:
      error.kind === 'unreachable'
        ? 'start the identity provider or correct the issuer; lazy: true starts without it and answers 503 until it is there'
        : 'correct the issuer, or give the key set with jwks',
    cause: error,
  });
}

/** Where a redirect leads, without path and query: those may hold codes and tokens. */
function originOf(location: string | null, base: string): string {
  const url = location === null || !URL.canParse(location, base) ? undefined : new URL(location, base);
  return url === undefined ? 'nowhere' : url.origin.slice(0, 200);
}
