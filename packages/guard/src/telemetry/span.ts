import { randomBytes } from 'node:crypto';
import type { Facts } from '../facts/facts.ts';
import { attributes, nanoseconds, type KeyValue } from './otlp-value.ts';

/** What an exchange is called, and what is known of it, by the semantic conventions of HTTP servers (1.2x, stable). */
export function httpAttributes(facts: Facts): KeyValue[] {
  const { refused } = facts;
  return attributes({
    'http.request.method': facts.method === 'OTHER' ? '_OTHER' : facts.method,
    // What no operation has is no route: it could be anything.
    'http.route': facts.operation === '' ? undefined : facts.template,
    'http.response.status_code': facts.status === 0 ? undefined : facts.status,
    'error.type': errorOf(facts),
    'client.address': facts.address,
    'castellan.operation': facts.operation,
    'castellan.request.id': facts.id,
    'castellan.refused.stage': refused?.stage,
    'castellan.refused.type': refused?.type,
    'castellan.refused.reason': refused?.reason,
    'castellan.observed': facts.observed.map(({ stage, type, reason }) =>
      [stage, type, reason].filter(Boolean).join(' '),
    ),
    'castellan.alarms': facts.alarms,
    'castellan.records': facts.records === 0 ? undefined : facts.records,
    'castellan.removed': facts.removed === 0 ? undefined : facts.removed,
  });
}

/** `error.type` of a server span: 5xx and answers that never left. */
export function errorOf({ status, refused }: Facts): string | undefined {
  if (status === 0) return 'connection_closed';
  return status >= 500 ? (refused?.type ?? String(status)) : undefined;
}

export function spanName({ method, operation, template }: Facts): string {
  const verb = method === 'OTHER' ? 'HTTP' : method;
  return operation === '' ? verb : `${verb} ${template}`;
}

/** A span of OTLP: what the guard saw of an exchange, as a server. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: 2;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code?: 2 };
}

/** The span of an exchange. Without a trace of a trusted proxy it begins one of its own. */
export function spanOf(facts: Facts): Span {
  const { trace, time, duration } = facts;
  return {
    traceId: trace?.traceId ?? randomBytes(16).toString('hex'),
    spanId: trace?.spanId ?? randomBytes(8).toString('hex'),
    ...(trace?.parentId === undefined ? {} : { parentSpanId: trace.parentId }),
    flags: 1,
    name: spanName(facts),
    kind: 2,
    startTimeUnixNano: nanoseconds(time),
    endTimeUnixNano: nanoseconds(time + Math.max(0, duration)),
    attributes: httpAttributes(facts),
    status: errorOf(facts) === undefined ? {} : { code: 2 },
  };
}
