import { createHmac } from 'node:crypto';
import { Refused, type World } from './channel.ts';

export interface WebhookOptions {
  /** `https://hooks.example.com/castellan`; plain HTTP only to this machine. */
  readonly url: string;
  /** Key of the signature, 16 characters at least. */
  readonly secret: string;
}

/** The headers that sign a message: those of Standard Webhooks 1.0 (HMAC-SHA-256 over id, second and body). */
function signedHeaders(id: string, body: string, secret: string, now: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/**
 * Posts a message, signed. Redirects are not followed, and what is answered beside the status is not read.
 * @throws Error where nobody took it; {@link Refused} where it will be refused again
 */
export async function postWebhook(
  { url, secret }: WebhookOptions,
  id: string,
  message: object,
  { fetch, clock, patience }: World,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(message);
  const { status, body: answer } = await fetch(url, {
    method: 'POST',
    headers: signedHeaders(id, body, secret, clock()),
    body,
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
  }).catch((error: unknown) => {
    throw new Error(reasonOf(error), { cause: error });
  });
  await answer?.cancel().catch(() => undefined);
  if (status >= 200 && status < 300) return;
  // What is refused for what it is will be refused again, and who moved does not come back.
  const isFinal = status >= 300 && status < 500 && status !== 408 && status !== 425 && status !== 429;
  throw new (isFinal ? Refused : Error)(`it answered ${status}`);
}

/** What went wrong, without the address: it may hold what only its owner knows. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError') return 'it does not answer';
  if (name === 'AbortError') return 'the process ends';
  return cause?.code ?? 'it cannot be reached';
}
