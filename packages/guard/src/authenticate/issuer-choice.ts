import { CastellanError } from '@castellan/contract';
import type { TokenConfiguration } from './token-configuration.ts';

/** What vouches for tokens of an issuer, or of every issuer that fits. */
export interface IssuerEntry {
  readonly configuration: TokenConfiguration;
  /** Names the issuer in messages. */
  readonly name: string;
  /** The exact `iss`; undefined where `pattern` or nothing decides. */
  readonly exact: string | undefined;
  /** The one group is the tenant. */
  readonly pattern: RegExp | undefined;
}

const place = /\{[A-Za-z_]+\}/;
/** A tenant: one part of a path, or one label. */
const tenantPart = '([A-Za-z0-9._~-]{1,200})';

/**
 * The issuers that one entry names: each of a list, and each tenant of a place for it.
 * @throws CastellanError `bad-authentication`
 */
export function issuersOf(where: string, configuration: TokenConfiguration): readonly IssuerEntry[] {
  const { issuer, tenants } = configuration;
  if (typeof issuer === 'function') return [];
  if (issuer === undefined) return [{ configuration, name: where, exact: undefined, pattern: undefined }];
  const written = typeof issuer === 'string' ? [issuer] : issuer;
  if (tenants !== undefined && !written.some((one) => place.test(one)))
    throw bad(`${where}.tenants has nothing to stand for`, 'write the issuer with its place: https://…/{tenant}/…');
  return written.flatMap((text) => {
    if (!place.test(text)) return [{ configuration, name: text, exact: text, pattern: undefined }];
    if (tenants === undefined)
      throw bad(`${where}.issuer has a place for a tenant`, "add tenants: ['<id>'], or ['any'] for every tenant there");
    if (tenants.includes('any')) return [anyTenant(where, configuration, text)];
    return tenants.map((tenant) => {
      const exact = text.replace(place, () => tenant);
      const jwks =
        typeof configuration.jwks === 'string' ? configuration.jwks.replace(place, () => tenant) : configuration.jwks;
      const one = { ...configuration, jwks };
      return { configuration: one, name: exact, exact, pattern: patternOf(text) };
    });
  });
}

/** Keys of every tenant: an address that a token could choose is never fetched. */
function anyTenant(where: string, configuration: TokenConfiguration, text: string): IssuerEntry {
  const { jwks } = configuration;
  if (jwks === undefined || (typeof jwks === 'string' && place.test(jwks)))
    throw bad(
      `${where}.tenants is any, and nothing says where the keys of all tenants are`,
      'add jwks: the address of the key set',
    );
  return { configuration, name: text, exact: undefined, pattern: patternOf(text) };
}

function patternOf(text: string): RegExp {
  const [before = '', after = ''] = text.split(place, 2);
  return new RegExp(`^${escaped(before)}${tenantPart}${escaped(after)}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Whether a published key is of this issuer: some key sets say of each key whose it is, with a place for the tenant. */
export function isKeyOf(keyIssuer: string, issuer: string): boolean {
  return keyIssuer === issuer || (place.test(keyIssuer) && patternOf(keyIssuer).test(issuer));
}

function bad(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-authentication', message, mend });
}
