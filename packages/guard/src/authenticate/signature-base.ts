import type { SchemeRequest } from '../scheme.ts';
import type { InnerList } from './structured-fields.ts';

/**
 * The text that a message signature signs (RFC 9421 section 2.5).
 * @returns undefined where a component is not in the request, is named twice, or is of a kind that is not taken here
 */
export function signatureBase(input: InnerList, request: SchemeRequest): string | undefined {
  if (!URL.canParse(request.url)) return undefined;
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const { item, parameters } of input.items) {
    // Parameters select parts of a component; a verifier that ignored them would sign something else.
    if (item.type !== 'string' || parameters.size > 0 || seen.has(item.value)) return undefined;
    seen.add(item.value);
    const value = componentValue(item.value, request);
    if (value === undefined) return undefined;
    lines.push(`"${item.value}": ${value}`);
  }
  lines.push(`"@signature-params": ${input.text}`);
  return lines.join('\n');
}

function componentValue(name: string, request: SchemeRequest): string | undefined {
  const { incoming } = request;
  const mark = incoming.target.indexOf('?');
  const query = mark === -1 ? '' : incoming.target.slice(mark);
  switch (name) {
    case '@method':
      return incoming.method;
    case '@authority':
      return new URL(request.url).host;
    case '@scheme':
      return new URL(request.url).protocol.slice(0, -1);
    case '@path':
      return mark === -1 ? incoming.target : incoming.target.slice(0, mark);
    case '@query':
      return query === '' ? '?' : query;
    case '@target-uri':
      return `${request.url}${query}`;
    case '@request-target':
      return incoming.target;
    default:
      return name.startsWith('@') ? undefined : fieldValue(name, incoming.rawHeaders);
  }
}

/** All lines of a field in order, trimmed and joined (RFC 9421 section 2.1). */
function fieldValue(name: string, rawHeaders: readonly string[]): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return undefined;
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) values.push((rawHeaders[i + 1] ?? '').trim());
  }
  return values.length === 0 ? undefined : values.join(', ');
}
