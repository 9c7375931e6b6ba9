import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { fetchGuard, type FetchHandler } from '@castellan/guard/fetch';

export interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly from?: string;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly event: GuardEvent['unmapped']['castellan'];
  /** Stage, problem type and reason of the refusal, or nothing. */
  readonly refused: string | undefined;
  /** The same of what would have been refused. */
  readonly observed: readonly string[];
  readonly handled: boolean;
  readonly headers: Headers;
}

/** A document whose operations stand under their paths: `{ '/a': { get: {…} } }`. */
export function apiOf(paths: object, more: object = {}): Record<string, unknown> {
  return { openapi: '3.2.0', info: { title: 'Api', version: '1' }, paths, ...more };
}

/** A guard that is asked in this process, without sockets. */
export async function asking(
  contract: Record<string, unknown>,
  handler: FetchHandler = () => new Response(null, { status: 204 }),
  options: Partial<GuardOptions> = {},
): Promise<{ ask: (asked?: Asked) => Promise<Answered>; notices: readonly string[]; end: () => Promise<void> }> {
  const events: GuardEvent[] = [];
  const guard = await createGuard({ onEvent: (event) => events.push(event), ...options, contract });
  let handled = false;
  const guarded = fetchGuard(guard, (request, context) => {
    handled = true;
    return handler(request, context);
  });
  return {
    notices: guard.notices.map(({ code }) => code),
    end: () => guard.end(),
    async ask({ path = '/a', method = 'GET', fields = {}, body, from = '192.0.2.1' } = {}) {
      handled = false;
      events.length = 0;
      const rawHeaders = ['host', 'api.example.com', ...Object.entries(fields).flat()];
      const request = new Request(`http://api.example.com${path}`, {
        method,
        headers: fields,
        ...(body === undefined ? {} : { body }),
      });
      const answer = await guarded(request, { remoteAddress: from, target: path, rawHeaders });
      const text = await answer.text().catch(() => 'cut off');
      const event = events[0]?.unmapped.castellan;
      if (event === undefined) throw new Error('no event was written');
      const named = ({ stage, type, reason }: { stage: string; type: string; reason?: string }): string =>
        `${stage} ${type} ${reason ?? ''}`.trim();
      return {
        status: answer.status,
        headers: answer.headers,
        body: text,
        event,
        handled,
        refused: event.refused === undefined ? undefined : named(event.refused),
        observed: (event.observed ?? []).map(named),
      };
    },
  };
}
