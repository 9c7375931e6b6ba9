import { errors, jwtVerify, type JWTPayload } from 'jose';
import { CastellanError, type SecurityScheme } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Identity, SchemeOutcome, SchemeVerifier } from '../scheme.ts';
import type { TokenConfiguration } from './configuration.ts';
import { bearerCredential } from './credential.ts';
import { keySource, type Fetch } from './key-set.ts';
import { Memory } from './memory.ts';

/** RFC 7518 section 3.1 and RFC 8037, without those that share a secret: who can verify those can also sign. */
const asymmetric = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
];
const symmetric = new Set(['HS256', 'HS384', 'HS512']);

interface Remembered {
  readonly expiresAt: number;
  readonly outcome: SchemeOutcome;
}

/** A token that cannot be this long is not looked at: verification costs what the caller decides. */
const maxToken = 16 * 1024;

/**
 * Verifies signed JSON Web Tokens (RFC 7519, RFC 8725). A verified token is remembered until it expires.
 * @throws CastellanError `bad-authentication` where the configuration cannot be safe
 */
export function tokenVerifier(
  scheme: SecurityScheme,
  configuration: TokenConfiguration,
  realm: string,
  fetch: Fetch,
): SchemeVerifier {
  const where = `authentication.${scheme.name}`;
  const { issuer, audience, clockSkew = 30 } = configuration;
  if (typeof issuer !== 'string' || issuer === '')
    throw bad(`${where}.issuer is missing`, 'write the exact issuer (iss) of the tokens');
  if (audience === undefined || audience === '' || (Array.isArray(audience) && audience.length === 0)) {
    throw bad(
      `${where}.audience is missing`,
      'write the audience (aud) that names this API, or tokens for other APIs would be accepted',
    );
  }
  const algorithms = [...(configuration.algorithms ?? algorithmsOf(configuration))];
  for (const algorithm of algorithms) {
    if (!asymmetric.includes(algorithm) && !symmetric.has(algorithm))
      throw bad(`${where}.algorithms has '${algorithm}'`, `use some of ${asymmetric.join(', ')}`);
  }
  const keys = keySource(scheme.name, configuration, fetch);
  const memory = new Memory<Remembered>(rememberedOf(where, configuration.remember));
  const groupsPath = claimPath(configuration.groups ?? 'claims.groups');
  const tenantPath = configuration.tenant === undefined ? undefined : claimPath(configuration.tenant);

  const verify = async (token: string, digest: string, now: number): Promise<SchemeOutcome> => {
    try {
      const { payload } = await jwtVerify(token, keys.getKey, {
        algorithms,
        issuer,
        audience: Array.isArray(audience) ? [...audience] : (audience as string),
        clockTolerance: clockSkew,
        currentDate: new Date(now),
        requiredClaims: ['exp'],
        ...(configuration.type === undefined ? {} : { typ: configuration.type }),
      });
      if (typeof payload.sub !== 'string' || payload.sub === '') return refused('no-subject');
      const identity = identityOf(payload, issuer, digest, groupsPath, tenantPath);
      const outcome: SchemeOutcome = { outcome: 'verified', identity };
      memory.set(digest, { expiresAt: ((payload.exp ?? 0) + clockSkew) * 1000, outcome });
      return outcome;
    } catch (error) {
      return outcomeOf(error);
    }
  };

  return {
    scheme,
    challenge: `Bearer realm="${realm}"`,
    notices: [],
    verify(request) {
      const token = bearerCredential(request.authorization);
      if (token === undefined) return missing;
      if (token.length > maxToken) return refused('token-too-long');
      const digest = memory.digest(token);
      return memory.get(digest, request.now)?.outcome ?? verify(token, digest, request.now);
    },
  };
}

function rememberedOf(where: string, remember = 50_000): number {
  if (Number.isSafeInteger(remember) && remember >= 0) return remember;
  throw bad(`${where}.remember is ${remember}`, 'write how many verified tokens are remembered, 0 for none');
}

const missing: SchemeOutcome = { outcome: 'missing' };

function algorithmsOf(configuration: TokenConfiguration): readonly string[] {
  const { jwks } = configuration;
  if (typeof jwks !== 'object' || jwks instanceof URL || !Array.isArray(jwks.keys)) return asymmetric;
  // Given keys that name their algorithm pin it.
  const named = jwks.keys.map((key) => key.alg);
  return named.every((algorithm) => algorithm !== undefined) ? [...new Set(named as string[])] : asymmetric;
}

function bad(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-authentication', message, mend });
}

function refused(reason: string): SchemeOutcome {
  return { outcome: 'refused', reason, challenge: 'error="invalid_token"' };
}

function outcomeOf(error: unknown): SchemeOutcome {
  if (error instanceof errors.JWTExpired) return refused('token-expired');
  if (error instanceof errors.JWTClaimValidationFailed) return refused(`claim-${error.claim}`);
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('bad-signature');
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('algorithm-not-allowed');
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return refused('unknown-key');
  if (error instanceof errors.JWKSTimeout || error instanceof CastellanError)
    return { outcome: 'unavailable', reason: 'keys-out-of-reach', retryAfterSeconds: 5 };
  if (error instanceof errors.JWKSInvalid)
    return { outcome: 'unavailable', reason: 'bad-key-set', retryAfterSeconds: 30 };
  if (error instanceof errors.JOSEError) {
    return error.code === 'ERR_JOSE_GENERIC'
      ? { outcome: 'unavailable', reason: 'keys-out-of-reach', retryAfterSeconds: 5 }
      : refused('malformed-token');
  }
  // What fetch throws when the provider is out of reach.
  if (error instanceof TypeError && error.message === 'fetch failed')
    return { outcome: 'unavailable', reason: 'keys-out-of-reach', retryAfterSeconds: 5 };
  return refused('malformed-token');
}

function claimPath(text: string): readonly string[] {
  const parts = text.split('.');
  return parts[0] === 'claims' ? parts.slice(1) : parts;
}

function claimAt(payload: JWTPayload, path: readonly string[]): unknown {
  let value: unknown = payload;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function identityOf(
  payload: JWTPayload,
  issuer: string,
  digest: string,
  groups: readonly string[],
  tenant: readonly string[] | undefined,
): Identity {
  const { scope, scp } = payload as { scope?: unknown; scp?: unknown };
  const scopes =
    typeof scope === 'string'
      ? scope.split(' ').filter(Boolean)
      : Array.isArray(scp)
        ? strings(scp)
        : typeof scp === 'string'
          ? scp.split(' ').filter(Boolean)
          : strings(scope);
  const tenantClaim = tenant === undefined ? undefined : claimAt(payload, tenant);
  const credential: AuthContext['credential'] = {
    kind: 'jwt',
    id:
      typeof payload.jti === 'string'
        ? payload.jti.slice(0, 256)
        : Buffer.from(digest, 'binary').toString('hex').slice(0, 16),
    ...(payload.exp === undefined ? {} : { expiresAt: payload.exp * 1000 }),
  };
  return {
    subject: payload.sub ?? '',
    issuer,
    scopes: Object.freeze(scopes),
    groups: Object.freeze(strings(claimAt(payload, groups))),
    claims: Object.freeze(payload),
    credential: Object.freeze(credential),
    ...(typeof tenantClaim === 'string' ? { tenant: tenantClaim } : {}),
  };
}
