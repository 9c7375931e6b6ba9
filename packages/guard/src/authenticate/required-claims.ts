import { CastellanError } from '@castellan/contract';
import { claimPath, type ClaimPath } from './claim-path.ts';
import type { Claims } from './claims.ts';
import type { RequiredClaim, TokenConfiguration } from './token-configuration.ts';

/** A claim that a token must have, and what it may be. */
export interface RequiredRule {
  readonly path: ClaimPath;
  readonly values: readonly (string | number | boolean)[];
}

/** Claims that say for which client or API a token was made; one of them binds a token where there is no audience. */
const bindings = ['azp', 'client_id', 'clientId', 'cid', 'appid', 'client', 'resource', 'aud'];

/** @throws CastellanError `bad-authentication` where nothing says that a token is for this API */
export function requiredRules(where: string, configuration: TokenConfiguration): readonly RequiredRule[] {
  const rules = Object.entries(configuration.require ?? {}).map(([text, value]) => ({
    path: claimPath(text),
    values: listOf(value),
  }));
  const { audience, secret, dedicatedKeys } = configuration;
  const isBound = audience !== undefined || secret !== undefined || dedicatedKeys === true;
  if (!isBound && !rules.some(({ path }) => bindings.includes(path.top))) {
    throw new CastellanError({
      code: 'bad-authentication',
      message: `${where} says neither audience nor client: a token that was made for another API of the same issuer would be good here`,
      mend: "add audience, or where its tokens have no aud: require: { client_id: '<id of the client>' } (azp, cid, appid, resource)",
    });
  }
  return rules;
}

function listOf(value: RequiredClaim): RequiredRule['values'] {
  return typeof value === 'object' ? value : [value];
}

/** The first rule that a token does not keep. */
export function brokenRule(claims: Claims, rules: readonly RequiredRule[]): RequiredRule | undefined {
  return rules.find(({ path, values }) => {
    const value = path.read(claims);
    return !values.some((one) => one === value || (Array.isArray(value) && value.includes(one)));
  });
}

/** What is wrong, for the log: what was expected, never what the token says. */
export function brokenText(claims: Claims, { path, values }: RequiredRule): string {
  const state = path.read(claims) === undefined ? 'is missing' : 'is another';
  return `claim '${path.text.slice(0, 100)}' ${state}; expected ${values
    .slice(0, 5)
    .map((one) => String(one).slice(0, 100))
    .join(' or ')}`;
}
