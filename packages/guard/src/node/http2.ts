/**
 * The header fields of an HTTP/2 request as HTTP/1.1 would have them: no pseudo-header fields, `:authority` as `Host`
 * (RFC 9113 section 8.3.1) and one `Cookie` of its crumbs (section 8.2.3). Where `Host` names another server than
 * `:authority`, both stay, and a request with two hosts is refused.
 * @param raw name, value, name, value…
 */
export function http1Fields(raw: readonly string[]): readonly string[] {
  const fields: string[] = [];
  const cookies: string[] = [];
  let authority: string | undefined;
  let host: string | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    if (name === ':authority') authority = value;
    if (name.startsWith(':')) continue;
    if (name === 'cookie') cookies.push(value);
    else {
      if (name === 'host') host = value;
      fields.push(name, value);
    }
  }
  if (authority !== undefined && authority.toLowerCase() !== host?.toLowerCase()) fields.push('host', authority);
  if (cookies.length > 0) fields.push('cookie', cookies.join('; '));
  return fields;
}
