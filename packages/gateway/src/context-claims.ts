import { CastellanError } from '@castellan/contract';
import type { AuthContext } from '@castellan/guard';

/** The claims of a `castellan-context` token, and what of the caller they leave out. */
export interface ContextClaims {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Groups and scopes that are not in it; 0 where all are that the upstream needs. */
  readonly leftOut: number;
}

/**
 * Bytes of JSON. Servers take 8 KiB for a header field and many for all of them together, and a token is a third longer
 * than what it says: 700 groups would be answered 431, whoever sends them.
 */
const most = { whole: 4800, scopes: 1200, groups: 2400 };

/**
 * Compiles what the upstream is told of a caller: what every JWT library knows by its usual name, the rest under
 * `castellan`. Groups that the upstream does not need are not sent; of the others, as many as fit.
 * @param needed names of groups, or prefixes that end in `*`; undefined for all
 * @throws CastellanError `bad-option`: names that are none, or that would not fit themselves
 */
export function compileContextClaims(needed: readonly string[] | undefined): (auth: AuthContext) => ContextClaims {
  const isNeeded = compileNeed(needed);
  return (auth) => {
    const groups = fitting(auth.groups.filter(isNeeded), most.groups);
    const scopes = fitting(auth.scopes, most.scopes);
    const leftOut = { groups: groups.leftOut, scopes: scopes.leftOut };
    const claims = {
      sub: auth.subject,
      scope: scopes.kept.join(' '),
      groups: groups.kept,
      ...(auth.tenant === undefined ? {} : { tenant: auth.tenant }),
    };
    const castellan = {
      issuer: auth.issuer,
      schemes: auth.schemes,
      credential: auth.credential,
      authenticatedAt: auth.authenticatedAt,
      // Whoever decides by a group that is not there must know whether that means something.
      ...(leftOut.groups === 0 ? {} : { groupsLeftOut: leftOut.groups }),
      ...(leftOut.scopes === 0 ? {} : { scopesLeftOut: leftOut.scopes }),
    };
    const free = most.whole - bytesOf(claims) - bytesOf(castellan);
    return {
      claims: {
        ...claims,
        castellan: bytesOf(auth.claims) <= free ? { ...castellan, claims: auth.claims } : castellan,
      },
      leftOut: leftOut.groups + leftOut.scopes,
    };
  };
}

function compileNeed(needed: readonly string[] | undefined): (group: string) => boolean {
  if (needed === undefined) return () => true;
  const whole = new Set(needed.filter((name) => !name.endsWith('*')));
  const prefixes = needed.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  if (bytesOf([...whole]) > most.groups)
    throw new CastellanError({
      code: 'bad-option',
      message: `context.groups names more groups than a token holds (${most.groups} bytes)`,
      mend: 'name those that the upstream decides by',
    });
  return (group) => whole.has(group) || prefixes.some((prefix) => group.startsWith(prefix));
}

/** The first of a list that fit into so many bytes. */
function fitting(
  list: readonly string[],
  bytes: number,
): { readonly kept: readonly string[]; readonly leftOut: number } {
  let free = bytes;
  const kept: string[] = [];
  for (const name of list) {
    free -= bytesOf(name) + 1;
    if (free < 0) break;
    kept.push(name);
  }
  return { kept, leftOut: list.length - kept.length };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
