import type { GuardEvent } from '@castellan/guard';

/** One call as its event tells it. */
export interface ObservedCall {
  /** `GET /orders/{id}`. */
  readonly call: string;
  readonly operation: string;
  /** Whether the caller was authenticated. */
  readonly known: boolean;
  /** Who called: the principal with its issuer, or the address. */
  readonly caller: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Whether it was refused, or answered as a wrong guess is. */
  readonly refused: boolean;
}

const wrong = new Set([401, 403, 404, 429]);

/** Reads one line of an audit file; undefined where it is no event of an operation. */
export function observedCall(line: string): ObservedCall | undefined {
  let event: Partial<GuardEvent>;
  try {
    event = JSON.parse(line) as Partial<GuardEvent>;
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null) return undefined;
  const { time, api, actor, src_endpoint: from, http_request: request, http_response: response, unmapped } = event;
  const { template, refused, observed } = unmapped?.castellan ?? {};
  if (typeof time !== 'number' || typeof template !== 'string' || request === undefined) return undefined;
  const subject = actor?.user?.uid;
  // A HEAD request is one of the GET operation.
  const method = request.http_method === 'HEAD' ? 'GET' : request.http_method;
  return {
    call: `${method} ${template}`,
    operation: api?.operation ?? '',
    known: subject !== undefined,
    caller: subject === undefined ? `address ${from?.ip ?? ''}` : `${actor?.session?.issuer ?? ''} ${subject}`,
    time,
    refused: refused !== undefined || (observed?.length ?? 0) > 0 || wrong.has(response?.code ?? 0),
  };
}
