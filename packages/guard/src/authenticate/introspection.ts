import { createHash } from 'node:crypto';
import { audienceFits, checkMeaning, frozen, type ClaimRules, type Claims } from './claims.ts';
import type { AuthenticateClient } from './client-authentication.ts';
import { Gate } from './gate.ts';
import { fetchJson, ProviderError, type Fetch } from './provider-fetch.ts';

/** What the provider says of a token. */
type Introspected =
  | { readonly outcome: 'active'; readonly claims: Claims; /** ms since the epoch */ readonly expiresAt: number }
  | { readonly outcome: 'refused'; readonly reason: string; readonly log?: string | undefined }
  | { readonly outcome: 'unavailable'; readonly log: string }
  | { readonly outcome: 'busy' };

export type Introspect = (token: string, now: number) => Promise<Introspected>;

/** Questions under way at once, and waiting: a flood of made-up tokens must not reach the provider. */
const limits = { running: 32, waiting: 256 };
/** Milliseconds between two looks for where the endpoint is now. */
const relocateAfter = 5000;

/**
 * Asks the provider whether a token is active (RFC 7662). Concurrent questions about one token are one question.
 * @param issuer names the provider in messages
 * @param authenticate says which client asks
 * @param locate the endpoint; asked whether it is still there, at most every five seconds, after a question that failed
 */
export function compileIntrospection(
  issuer: string,
  authenticate: AuthenticateClient,
  rules: ClaimRules,
  locate: (failed: boolean) => Promise<string>,
  fetch: Fetch,
): Introspect {
  const underWay = new Map<string, Promise<Introspected>>();
  const gate = new Gate(limits.running, limits.waiting);
  let failed = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const endpoint = (now: number): Promise<string> => {
    const looks = failed && now - lookedAt >= relocateAfter;
    if (looks) lookedAt = now;
    return locate(looks);
  };

  const ask = async (text: string, now: number): Promise<Introspected> => {
    if (!(await gate.enter())) return { outcome: 'busy' };
    try {
      const { headers, parameters } = await authenticate(now);
      const answer = await fetchJson(fetch, await endpoint(now), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token: text, token_type_hint: 'access_token', ...parameters }).toString(),
      });
      failed = false;
      return judge(answer, rules, now);
    } catch (error) {
      failed = true;
      if (error instanceof ProviderError)
        return { outcome: 'unavailable', log: `issuer ${issuer}: introspection: ${error.message}` };
      throw error;
    } finally {
      gate.leave();
    }
  };

  return (text, now) => {
    const name = createHash('sha256').update(text).digest('base64');
    let question = underWay.get(name);
    if (question === undefined) {
      question = ask(text, now).finally(() => underWay.delete(name));
      underWay.set(name, question);
    }
    return question;
  };
}

function judge(answer: Record<string, unknown>, rules: ClaimRules, now: number): Introspected {
  if (answer['active'] !== true) return { outcome: 'refused', reason: 'token-inactive' };
  const { iss, aud, exp, nbf, token_type: type } = answer;
  const skew = rules.clockSkew * 1000;
  if (iss !== undefined && !rules.issuerFits(iss)) return { outcome: 'refused', reason: 'claim-iss' };
  // A provider that serves several APIs says for which one the token is; one that says nothing is not asked to guess.
  if (rules.audience !== undefined && !audienceFits(aud, rules.audience))
    return { outcome: 'refused', reason: 'claim-aud' };
  if (typeof type === 'string' && !/^(bearer|dpop)$/i.test(type)) return { outcome: 'refused', reason: 'token-type' };
  if (exp !== undefined && typeof exp !== 'number') return { outcome: 'refused', reason: 'claim-exp' };
  const expiresAt = typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY;
  if (expiresAt + skew <= now) return { outcome: 'refused', reason: 'token-expired' };
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf * 1000 - skew <= now))
    return { outcome: 'refused', reason: 'claim-nbf' };
  const claims = frozen(answer) as Claims;
  const problem = checkMeaning(claims, { ...rules, issuerFits: () => true });
  if (problem !== undefined) return { outcome: 'refused', ...problem };
  return { outcome: 'active', claims, expiresAt: expiresAt + skew };
}
