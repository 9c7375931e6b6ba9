import type { Operation } from '@castellan/contract';
import { safeMethods, sourceOf } from '../authenticate/request-source.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

const forged: Refusal = {
  type: 'unauthenticated',
  reason: 'cross-site-request',
  detail: 'The request comes from a page of another site.',
};

/**
 * Operations that give sessions out to anybody, as log-in forms do: another site's page must not sign its visitor in under
 * a name of its choice (OWASP CSRF Prevention, 'login CSRF'). One that documents `Set-Cookie` in an API with cookies is one.
 */
export const forgedSignIn: Stage = {
  name: 'authenticate',
  compile(core, operation) {
    if (!mayGiveSessions(core, operation) || !documentsCookie(operation)) return undefined;
    return (exchange) => (isForeign(core, exchange) ? forged : undefined);
  },
};

/** The same of an answer that sets the cookie of a session, where nobody documented that. */
export function compileGivenCookie(
  core: GuardCore,
  operation: Operation,
): ((exchange: Exchange, fields: { getHeader(name: string): unknown }) => Refusal | undefined) | undefined {
  if (!mayGiveSessions(core, operation)) return undefined;
  const names = cookiesOf(core).map((name) => `${name}=`);
  return (exchange, fields) => {
    const set = fields.getHeader('set-cookie');
    if (set === undefined || set === null) return undefined;
    // Fetch joins several fields into one.
    const given = [set].flat().some((one) => names.some((name) => `, ${String(one)}`.includes(`, ${name}`)));
    return given && isForeign(core, exchange) ? forged : undefined;
  };
}

/** Operations that need a session already are held to its defence. */
function mayGiveSessions(core: GuardCore, operation: Operation): boolean {
  if (safeMethods.has(operation.method) || cookiesOf(core).length === 0) return false;
  return operation.security.length === 0 || operation.security.some(({ schemes }) => schemes.length === 0);
}

function cookiesOf({ contract }: GuardCore): readonly string[] {
  return [...contract.securitySchemes.values()].flatMap((scheme) =>
    scheme.type === 'apiKey' && scheme.in === 'cookie' ? [scheme.key] : [],
  );
}

function documentsCookie({ responses }: Operation): boolean {
  return responses.some(({ headers }) => headers.some(({ name }) => name.toLowerCase() === 'set-cookie'));
}

function isForeign(core: GuardCore, exchange: Exchange): boolean {
  return sourceOf(exchange, core.authentication.pages) === 'foreign';
}
