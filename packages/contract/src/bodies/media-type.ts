export interface MediaTypeName {
  /** Lower-cased type and subtype: `application/json`. */
  readonly essence: string;
  /** Names lower-cased, values as written without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;

/**
 * Reads a media type (RFC 9110 section 8.3.1). Undefined where the text is none, or gives a parameter twice.
 */
export function parseMediaType(text: string): MediaTypeName | undefined {
  if (text.length > 1024) return undefined;
  const slash = text.indexOf('/');
  const semicolon = text.indexOf(';');
  const type = slash === -1 ? '' : text.slice(0, slash).trimStart();
  const subtype = text.slice(slash + 1, semicolon === -1 ? undefined : semicolon).trimEnd();
  if (!isToken(type) || !isToken(subtype)) return undefined;
  const parameters = semicolon === -1 ? new Map<string, string>() : parseParameters(text, semicolon);
  return parameters && { essence: `${type}/${subtype}`.toLowerCase(), parameters };
}

/** `; name=value; name="quoted \" value"` from an index on (RFC 9110 section 5.6.6). Undefined where it is anything else. */
export function parseParameters(text: string, from: number): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  let at = from;
  for (;;) {
    at = blanks(text, at);
    if (at === text.length) return parameters;
    if (text[at] !== ';') return undefined;
    at = blanks(text, at + 1);
    if (at === text.length || text[at] === ';') continue;
    const name = tokenAt(text, at);
    at += name.length;
    if (name === '' || text[at] !== '=') return undefined;
    at++;
    let value: string;
    if (text[at] === '"') {
      const end = quotedEnd(text, at);
      if (end === -1) return undefined;
      value = text.slice(at + 1, end).replace(/\\(.)/gs, '$1');
      at = end + 1;
    } else {
      value = tokenAt(text, at);
      if (value === '') return undefined;
      at += value.length;
    }
    const key = name.toLowerCase();
    if (parameters.has(key)) return undefined;
    parameters.set(key, value);
  }
}

/** `application/json`, everything with the suffix `+json` (RFC 6839 section 3.1), and what is JSON by another name. */
export function isJson(mediaType: string): boolean {
  const end = mediaType.indexOf(';');
  const essence = end === -1 ? mediaType : mediaType.slice(0, end).trimEnd();
  return /[/+-]json$/.test(essence);
}

function isToken(text: string): boolean {
  return text !== '' && tokenAt(text, 0).length === text.length;
}

function tokenAt(text: string, at: number): string {
  token.lastIndex = at;
  return token.exec(text)?.[0] ?? '';
}

function blanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function quotedEnd(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return -1;
}
