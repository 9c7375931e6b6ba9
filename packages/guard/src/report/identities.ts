/** An identity provider as a report names it. */
export interface Identity {
  /** `issuer https://login.example.com`: what the fingerprint is made of. */
  readonly name: string;
  readonly scheme: string;
  readonly kind: string;
  /** Host of the issuer; empty where there is none. */
  readonly provider: string;
}

/** Whom a guard's option `authentication` trusts, by scheme. Credentials in it are not looked at. */
export function identitiesOf(authentication: unknown): readonly Identity[] {
  if (typeof authentication !== 'object' || authentication === null) return [];
  return Object.entries(authentication).flatMap(([scheme, entry]: [string, unknown]) =>
    [entry].flat().map((one) => identityOf(scheme, one)),
  );
}

function identityOf(scheme: string, entry: unknown): Identity {
  const members = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<Record<string, unknown>>;
  for (const kind of ['issuer', 'introspection', 'discovery', 'jwks'] as const) {
    const url = urlIn(members[kind]);
    if (url === undefined) continue;
    return {
      name: `${kind} ${url.href}`,
      scheme,
      kind: kind === 'introspection' ? kind : 'issuer',
      provider: url.host,
    };
  }
  const kind = ['certificate', 'clientCa', 'mutualTLS'].some((name) => name in members)
    ? 'certificate'
    : 'users' in members || members['store'] === 'users'
      ? 'users'
      : 'keys' in members || 'store' in members
        ? 'keys'
        : 'secret' in members
          ? 'secret'
          : 'custom';
  return { name: `${kind} ${scheme}`, scheme, kind, provider: '' };
}

function urlIn(value: unknown): URL | undefined {
  const text = typeof value === 'object' && value !== null && 'url' in value ? value.url : value;
  return (typeof text === 'string' || text instanceof URL) && URL.canParse(String(text))
    ? new URL(String(text))
    : undefined;
}
