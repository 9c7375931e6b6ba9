import type { Operation, SecurityScheme } from '@castellan/contract';
import { basicCredential } from '../authenticate/credential.ts';
import { credentialReader } from '../authenticate/scheme-credential.ts';
import type { IdHash } from '../audit/id-hash.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { SchemeRequest } from '../scheme.ts';
import type { AttemptFact } from './facts.ts';
import { signInAttemptOf } from './sign-in-attempt.ts';

interface Reading {
  readonly kind: string;
  readonly isBasic: boolean;
  readonly read: (request: SchemeRequest) => string | undefined;
}

const readings = new WeakMap<Operation, readonly Reading[]>();

function readingsOf(operation: Operation): readonly Reading[] {
  let known = readings.get(operation);
  if (known === undefined) {
    const schemes = new Set(
      operation.security.flatMap((requirement) => requirement.schemes.map(({ scheme }) => scheme)),
    );
    known = [...schemes].map((scheme) => ({
      kind: kindOf(scheme),
      isBasic: scheme.type === 'http' && scheme.scheme === 'basic',
      read: credentialReader(scheme),
    }));
    readings.set(operation, known);
  }
  return known;
}

function kindOf(scheme: SecurityScheme): string {
  if (scheme.type === 'apiKey') return 'api-key';
  if (scheme.type === 'http') return scheme.scheme;
  return scheme.type === 'mutualTLS' ? 'certificate' : 'bearer';
}

/**
 * What was presented in an exchange that was refused because nobody was recognised: undefined where it was not, or nothing was
 * presented. The credential itself goes no further than its keyed hash.
 */
function presentedIn(exchange: Exchange, hashId: IdHash): AttemptFact | undefined {
  const { operation } = exchange;
  if (operation === undefined || !isUnrecognised(exchange)) return undefined;
  for (const { kind, isBasic, read } of readingsOf(operation)) {
    const presented = read(exchange);
    if (presented === undefined || presented === '') continue;
    const basic = isBasic ? basicCredential(exchange.authorization) : undefined;
    return {
      kind,
      account: basic === undefined ? undefined : hashId('account', basic.user),
      secret: hashId('secret', basic?.password ?? presented),
    };
  }
  return undefined;
}

/** What was tried in vain in an exchange: a credential that the guard refused, or a sign-in that the application did. */
export function attemptOf({ contract, hashId }: GuardCore, exchange: Exchange): AttemptFact | undefined {
  return presentedIn(exchange, hashId) ?? signInAttemptOf(contract, exchange, hashId);
}

function isUnrecognised({ verdict, observed }: Exchange): boolean {
  if (verdict?.stage === 'authenticate' && verdict.refusal.type === 'unauthenticated') return true;
  return (
    observed?.some(({ stage, refusal }) => stage === 'authenticate' && refusal.type === 'unauthenticated') === true
  );
}
