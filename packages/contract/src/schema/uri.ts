/** The five components of a URI reference (RFC 3986 appendix B); undefined where one is absent. */
const COMPONENTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

/** The URI without its fragment, and the fragment, percent-decoded; `''` where there is none. */
export function splitFragment(reference: string): { readonly uri: string; readonly fragment: string } {
  const hash = reference.indexOf('#');
  if (hash < 0) return { uri: reference, fragment: '' };
  const encoded = reference.slice(hash + 1);
  return { uri: reference.slice(0, hash), fragment: encoded.includes('%') ? percentDecode(encoded) : encoded };
}

/**
 * Resolves a URI reference against a base (RFC 3986 section 5.2), whatever the scheme: also `urn:` and `file:`.
 * The fragment is dropped.
 */
export function resolveUri(base: string, reference: string): string {
  const { uri } = splitFragment(reference);
  const stem = splitFragment(base).uri;
  if (uri === '') return stem;
  const [, scheme, authority, path = '', query] = COMPONENTS.exec(uri) ?? [];
  if (scheme !== undefined) return recompose(scheme, authority, removeDotSegments(path), query);
  const [, baseScheme, baseAuthority, basePath = '', baseQuery] = COMPONENTS.exec(stem) ?? [];
  if (authority !== undefined) return recompose(baseScheme, authority, removeDotSegments(path), query);
  if (path === '') return recompose(baseScheme, baseAuthority, basePath, query ?? baseQuery);
  if (path.startsWith('/')) return recompose(baseScheme, baseAuthority, removeDotSegments(path), query);
  const merged =
    baseAuthority !== undefined && basePath === ''
      ? `/${path}`
      : basePath.slice(0, basePath.lastIndexOf('/') + 1) + path;
  return recompose(baseScheme, baseAuthority, removeDotSegments(merged), query);
}

function recompose(
  scheme: string | undefined,
  authority: string | undefined,
  path: string,
  query: string | undefined,
): string {
  return `${scheme === undefined ? '' : `${scheme}:`}${authority === undefined ? '' : `//${authority}`}${path}${query === undefined ? '' : `?${query}`}`;
}

/** RFC 3986 section 5.2.4. */
function removeDotSegments(path: string): string {
  if (!path.includes('.')) return path;
  const rooted = path.startsWith('/');
  const kept: string[] = [];
  const segments = (rooted ? path.slice(1) : path).split('/');
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '.' || segment === '..') {
      if (segment === '..') kept.pop();
      if (last) kept.push('');
    } else kept.push(segment);
  }
  return (rooted ? '/' : '') + kept.join('/');
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
