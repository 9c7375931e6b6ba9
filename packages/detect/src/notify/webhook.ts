import { createHmac } from 'node:crypto';

export interface WebhookOptions {
  /** `https://hooks.example.com/castellan`; plain HTTP only to this machine. */
  readonly url: string;
  /** Key of the signature, 16 characters at least. */
  readonly secret: string;
}

/** What sending needs of the world. */
export interface World {
  readonly fetch: (url: string, init: RequestInit) => Promise<{ readonly status: number }>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Milliseconds before each further try. */
const tries = [1000, 10_000, 60_000];
const timeout = 10_000;

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
 * Posts a message, signed, and again where it is not taken: up to four times within about a minute. Redirects are not followed.
 * @throws Error where nobody took it
 */
export async function postWebhook(
  { url, secret }: WebhookOptions,
  id: string,
  message: object,
  world: World,
): Promise<void> {
  const body = JSON.stringify(message);
  let last = '';
  for (let attempt = 0; attempt <= tries.length; attempt++) {
    if (attempt > 0) await world.wait(tries[attempt - 1] ?? 0);
    try {
      const { status } = await world.fetch(url, {
        method: 'POST',
        headers: signedHeaders(id, body, secret, world.clock()),
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
      });
      if (status >= 200 && status < 300) return;
      last = `answered ${status}`;
      // What is refused for what it is will be refused again.
      if (status >= 400 && status < 500 && status !== 408 && status !== 429) break;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`the webhook did not take the incident: ${last}`);
}
