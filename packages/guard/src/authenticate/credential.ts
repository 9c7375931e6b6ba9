/** The token of `Authorization: Bearer …` (RFC 6750 section 2.1); the scheme's name in any case. */
export function bearerCredential(authorization: string | undefined): string | undefined {
  return schemeCredential(authorization, 'bearer');
}

/** What follows an authentication scheme's name and its space; undefined where another scheme is used. */
export function schemeCredential(authorization: string | undefined, scheme: string): string | undefined {
  if (authorization === undefined || authorization.length <= scheme.length + 1) return undefined;
  if (authorization.charCodeAt(scheme.length) !== 32) return undefined;
  if (authorization.slice(0, scheme.length).toLowerCase() !== scheme) return undefined;
  return authorization.slice(scheme.length + 1).trim();
}

/** User name and password of `Authorization: Basic …` (RFC 7617 section 2). */
export function basicCredential(
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = schemeCredential(authorization, 'basic');
  if (encoded === undefined || encoded.length > 1024 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** One cookie of a `Cookie` field (RFC 6265 section 5.4); undefined where it stands twice, which servers read differently. */
export function cookieValue(field: string | undefined, name: string): string | undefined {
  if (field === undefined) return undefined;
  let found: string | undefined;
  for (const pair of field.split(';', 200)) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    if (found !== undefined) return undefined;
    found = pair.slice(equals + 1).trim();
  }
  return found;
}

/** One query parameter, decoded; undefined where it is missing, stands twice or cannot be decoded. */
export function queryValue(query: string, name: string): string | undefined {
  let found: string | undefined;
  for (const pair of query.split('&', 1000)) {
    const equals = pair.indexOf('=');
    const key = equals === -1 ? pair : pair.slice(0, equals);
    if (decode(key) !== name) continue;
    if (found !== undefined) return undefined;
    found = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (found === undefined) return undefined;
  }
  return found;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
