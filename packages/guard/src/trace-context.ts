import { randomBytes } from 'node:crypto';
import { compileTrustedPeer } from './address.ts';
import type { IncomingRequest } from './incoming.ts';

/** Where a request stands in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: what the guard does with the request. */
  readonly spanId: string;
  /** 16 hex digits: what asked. */
  readonly parentId: string;
  /** 0 to 255; the lowest bit says that the trace is sampled. */
  readonly flags: number;
}

/** What a trusted proxy says of a request that it forwards. */
export interface Forwarded {
  readonly requestId: string | undefined;
  readonly trace: TraceContext | undefined;
}

/** A request id that may stand in log lines and fields as it is. */
const requestIdForm = /^[A-Za-z0-9][\w.:=+@/-]{7,127}$/;
const traceParentForm = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const zeros = /^0+$/;

/**
 * Reads `X-Request-Id` and `traceparent` of requests that come from trusted proxies. Anybody else could have his requests counted as
 * part of another's, so that of others neither is taken; nor is one that stands twice or has another form.
 * @param trusted addresses or CIDR ranges of the peers that are believed
 * @returns undefined where nobody is
 * @throws CastellanError `bad-trusted-proxy`
 */
export function compileForwarded(
  trusted: readonly string[],
): ((incoming: IncomingRequest) => Forwarded | undefined) | undefined {
  if (trusted.length === 0) return undefined;
  const isTrusted = compileTrustedPeer(trusted);
  return (incoming) => {
    if (!isTrusted(incoming.remoteAddress)) return undefined;
    const { rawHeaders } = incoming;
    let id: string | undefined;
    let parent: string | undefined;
    let [ids, parents] = [0, 0];
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] ?? '';
      if (name.length === 12 && name.toLowerCase() === 'x-request-id') {
        id = rawHeaders[i + 1];
        ids++;
      } else if (name.length === 11 && name.toLowerCase() === 'traceparent') {
        parent = rawHeaders[i + 1];
        parents++;
      }
    }
    return {
      requestId: ids === 1 && id !== undefined && requestIdForm.test(id) ? id : undefined,
      trace: parents === 1 && parent !== undefined ? traceOf(parent) : undefined,
    };
  };
}

/** @returns undefined where the text is no `traceparent` (section 3.2.2) */
function traceOf(parent: string): TraceContext | undefined {
  const [, version, traceId = '', parentId = '', flags = '', more] = traceParentForm.exec(parent) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (zeros.test(traceId) || zeros.test(parentId)) return undefined;
  return { traceId, parentId, spanId: randomBytes(8).toString('hex'), flags: Number.parseInt(flags, 16) };
}

/** The field by which others go on with the trace: the guard is their parent. */
export function traceParent({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
