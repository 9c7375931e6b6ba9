import { send as sendText, type Answer, type Sent as SentText } from '../../packages/guard/test/client.ts';

export type { Answer };

export type Sent = Omit<SentText, 'body'> & { readonly body?: unknown };

/** Sends one request, its body as JSON, on a connection of its own; the path goes out as given. */
export function send(base: string, path: string, { body, ...sent }: Sent = {}): Promise<Answer> {
  return sendText(base, path, { ...sent, body: body === undefined ? undefined : JSON.stringify(body) });
}
