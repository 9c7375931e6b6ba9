import type { MediaType } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { withhold, type ContentPlan } from './content.ts';
import type { Released } from './release.ts';
import { compileAnswerSchema } from './answer-schema.ts';
import { uncheckable } from './uncheckable.ts';

/** Keywords that a text which streams need not be read for. */
const loose: ReadonlySet<string> = new Set(
  '$ref $comment type title description default example examples deprecated externalDocs nullable contentMediaType'.split(
    ' ',
  ),
);

/**
 * What may leave of a media type that is no JSON. A text whose schema asks more of it than to be a text is collected and held
 * to that; anything else streams.
 */
export function compileText(core: GuardCore, media: MediaType, essence: string): ContentPlan {
  const streams = uncheckable(core, media);
  const { schema } = media;
  const raw = schema === undefined || typeof schema.raw === 'boolean' ? {} : schema.raw;
  const asks =
    essence === 'text/plain' &&
    raw['type'] === 'string' &&
    raw['format'] !== 'binary' &&
    Object.keys(raw).some((keyword) => !loose.has(keyword) && !keyword.startsWith('x-'));
  if (schema === undefined || !asks) return { json: false, mayChange: false, streams, check: streams };
  const compiled = compileAnswerSchema(core, schema);
  return {
    json: false,
    mayChange: false,
    streams: undefined,
    check(exchange, body): Released {
      const ruled = streams(exchange);
      if (ruled.action !== 'pass') return ruled;
      const text =
        typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
      if (compiled.fits(exchange, text)) return ruled;
      const [issue] = compiled.explain(text, 1);
      return withhold(core, 'schema', issue?.message ?? 'the text does not match its schema');
    },
  };
}
