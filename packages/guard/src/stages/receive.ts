import { contentCodings, inflate } from '@castellan/contract';
import { digestFits } from '../authenticate/content-digest.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

/**
 * Reads the request body within the operation's limit and inflates it. An operation without a documented body gets
 * none: bytes that nobody documented are read differently by everybody who comes after.
 */
export const receive: Stage = {
  name: 'receive',
  controls: () => ['body-limit'],
  compile(core, operation) {
    if (operation.body === undefined) return refuseBody;
    const limit = operation.castellan.maxBody ?? core.settings.maxBody;
    return (exchange) => {
      const { fields, body } = exchange;
      // It is here; the limit may be another one.
      if (exchange.again) return body !== undefined && body.length > limit ? tooLarge(limit) : undefined;
      if (!carriesBody(exchange)) return signedOtherwise(exchange, noBytes);
      if (fields?.contentLength !== undefined && Number(fields.contentLength) > limit) return tooLarge(limit);
      const { incoming } = exchange;
      if (incoming.readBody === undefined) return { type: 'internal-error', reason: 'adapter-cannot-read-body' };
      return incoming.readBody(limit).then((bytes) => settle(exchange, bytes, limit));
    };
  },
};

const noBytes = new Uint8Array(0);

function carriesBody(exchange: Exchange): boolean {
  const { fields } = exchange;
  if (fields?.transferEncoding !== undefined) return true;
  // HTTP/2 and Fetch requests may carry a body without either field.
  if (fields?.contentLength === undefined)
    return (
      exchange.incoming.httpVersion !== '1.1' &&
      exchange.incoming.httpVersion !== '1.0' &&
      exchange.incoming.readBody !== undefined
    );
  return fields.contentLength !== '0';
}

function refuseBody(exchange: Exchange): Refusal | undefined | Promise<Refusal | undefined> {
  if (exchange.again) return (exchange.body ?? noBytes).length > 0 ? undocumentedBody : undefined;
  if (!carriesBody(exchange)) return undefined;
  const { fields, incoming } = exchange;
  if (fields?.contentLength !== undefined) return undocumentedBody;
  if (incoming.readBody === undefined) return undefined;
  return incoming
    .readBody(0)
    .then((bytes) => (typeof bytes === 'string' || bytes.length > 0 ? undocumentedBody : undefined));
}

const undocumentedBody: Refusal = {
  type: 'invalid-request',
  reason: 'undocumented-body',
  errors: [
    {
      pointer: '',
      keyword: 'undocumented-body',
      message: 'this operation takes no body',
      mend: 'send the request without a body',
    },
  ],
};

/** A signature that covers the body's digest says nothing of other bytes (RFC 9421 section 7.2.8). */
function signedOtherwise(exchange: Exchange, bytes: Uint8Array): Refusal | undefined {
  if (exchange.contentDigest === undefined || digestFits(exchange.contentDigest, bytes)) return undefined;
  return { type: 'unauthenticated', reason: 'content-digest', detail: 'The body is not the one that was signed.' };
}

function tooLarge(limit: number): Refusal {
  return { type: 'too-large', reason: 'body-over-limit', detail: `The body may have at most ${limit} bytes.` };
}

function settle(
  exchange: Exchange,
  bytes: Uint8Array | 'too-large' | 'aborted',
  limit: number,
): Refusal | undefined | Promise<Refusal | undefined> {
  if (bytes === 'too-large') return tooLarge(limit);
  if (bytes === 'aborted')
    return { type: 'malformed-request', reason: 'body-aborted', detail: 'The body ended early.' };
  const forged = signedOtherwise(exchange, bytes);
  if (forged !== undefined) return forged;
  const encoding = exchange.fields?.contentEncoding;
  if (encoding === undefined || encoding.toLowerCase() === 'identity' || exchange.incoming.inflated === true) {
    exchange.body = bytes;
    return undefined;
  }
  return inflate(bytes, encoding, limit).then((inflated) => {
    if (inflated.outcome === 'inflated') {
      exchange.body = inflated.bytes;
      return undefined;
    }
    if (inflated.outcome === 'too-large') return tooLarge(limit);
    if (inflated.outcome === 'unsupported') {
      return {
        type: 'unsupported-media-type',
        reason: 'content-encoding',
        detail: 'The Content-Encoding is not supported.',
        headers: { 'accept-encoding': contentCodings.join(', ') },
      };
    }
    return {
      type: 'malformed-request',
      reason: 'bad-compression',
      detail: 'The body is not what its Content-Encoding says.',
    };
  });
}
