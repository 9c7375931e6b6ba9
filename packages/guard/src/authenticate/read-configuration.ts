import type { JSONWebKeySet, JWK } from 'jose';
import { CastellanError, nearest, type SecurityScheme } from '@castellan/contract';
import { moment, seconds } from '../configuration/quantities.ts';
import {
  anyObject,
  badOption,
  boolean,
  either,
  integer,
  isObject,
  knownNames,
  list,
  madeBy,
  object,
  objectOf,
  oneOf,
  onlyInCode,
  reader,
  record,
  scopes,
  secret,
  someOf,
  text,
  type Members,
  type Reader,
} from '../configuration/reader.ts';
import type { KeyStore, UserStore } from '../keys/store.ts';
import type * as written from './configuration.ts';
import { exampleOf } from './example.ts';

const isText = (value: unknown): boolean => typeof value === 'string';

const csrf = object<written.CsrfConfiguration>({
  origins: list(text),
  secret: secret(32),
  header: text,
  token: oneOf(['always', 'fallback']),
});

/** Of passwords and certificates, which no page can read: where a request may come from is all there is to say. */
const originsOnly = object<Pick<written.CsrfConfiguration, 'origins'>>({ origins: list(text) });

const replay = madeBy<written.ReplayMemory>('a store of what was used', 'use');

const keySet: Reader<JSONWebKeySet> = reader(
  { type: 'object', properties: { keys: { type: 'array' } }, required: ['keys'] },
  (value, where) => {
    if (isObject(value) && Array.isArray(value['keys'])) return value as unknown as JSONWebKeySet;
    throw badOption(where, 'is no JSON Web Key Set', 'give { "keys": […] }');
  },
);

const jwks = either<URL, JSONWebKeySet | string>(
  (value) => value instanceof URL,
  reader(onlyInCode, (value) => value as URL),
  either(isText, text, keySet),
);

/** Many secrets need no more than this: the provider gave it, and says how long it is. */
const introspection = object<written.IntrospectionConfiguration>(
  {
    endpoint: text,
    client: object<written.IntrospectionConfiguration['client']>({ id: text, secret: text }, ['id', 'secret']),
    all: boolean,
    cache: seconds(0),
  },
  ['client'],
);

const proof = object<written.ProofConfiguration>({
  required: boolean,
  kinds: someOf(oneOf(['dpop', 'certificate'])),
  algorithms: someOf(text),
  maxAge: seconds(1, 3600),
  nonce: either((value) => typeof value === 'boolean' || value === 'true' || value === 'false', boolean, secret(32)),
  replay,
});

const token: Members<written.TokenConfiguration> = {
  issuer: text,
  audience: someOf(text),
  algorithms: someOf(text),
  jwks,
  clockSkew: seconds(0, 300),
  type: text,
  groups: text,
  tenant: text,
  optionalGroups: boolean,
  remember: integer(0, 10_000_000),
  maxLifetime: seconds(1),
  once: boolean,
  replay,
  introspection,
  proof,
  decryption: keySet,
  refresh: seconds(1),
  outage: seconds(0),
  lazy: boolean,
};

const grant: Members<written.Grant> = { subject: text, scopes, groups: list(text), tenant: text };
const holder: Members<written.KeyHolder> = { ...grant, id: text, expiresAt: moment };
const user: Members<written.User> = { ...grant, password: text, hash: text };

/** Keys by themselves, or a list. A key is a secret, so that its entry is named by its number. */
const keys = either<written.KeysConfiguration['keys'], written.KeysConfiguration['keys']>(
  Array.isArray,
  list(object<written.KeyHolder & { readonly key: string }>({ ...holder, key: text }, ['key', 'subject'])),
  byKey(object<written.KeyHolder>(holder, ['subject'])),
);

function byKey<T>(of: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return reader({ type: 'object', additionalProperties: of.schema }, (value, where) =>
    Object.fromEntries(
      Object.entries(objectOf(value, where, "{ '<random key>': { subject: 'someone' } }")).map(([key, one], index) => [
        key,
        of(one, `${where} (entry ${index})`),
      ]),
    ),
  );
}

const users: Reader<written.UsersConfiguration['users']> = either(
  Array.isArray,
  list(object<written.User & { readonly name: string }>({ ...user, name: text }, ['name'])),
  record(object<written.User>(user)),
);

const publicKey: Reader<JWK | string> = either(isText, text, anyObject('<public JWK>'));

const certificates = object<written.CertificatesConfiguration['certificates']>({
  subject: oneOf(['common-name', 'dns', 'uri', 'email']),
  known: record(object<written.Grant>(grant, ['subject'])),
  anyone: boolean,
});

const signatures = object<written.SignaturesConfiguration['signatures']>(
  {
    keys: record(
      object<written.Grant & { readonly key: JWK | string }>({ ...grant, key: publicKey }, ['subject', 'key']),
    ),
    components: list(text),
    maxAge: seconds(1, 86_400),
    nonce: boolean,
    tag: text,
    replay,
  },
  ['keys'],
);

/** Ways to say who vouches, by the member that says which one it is. */
export const authenticationReaders = {
  issuer: object<written.TokenConfiguration>(token, ['issuer', 'audience']),
  keys: object<written.KeysConfiguration>({ keys, csrf }, ['keys']),
  store: object<written.KeyStoreConfiguration | written.UserStoreConfiguration>(
    { store: either(isText, text, madeBy<KeyStore & UserStore>('a store', 'find')), csrf },
    ['store'],
  ),
  users: object<written.UsersConfiguration>({ users, csrf: originsOnly }, ['users']),
  sessions: object<written.SessionsConfiguration>({ sessions: madeBy('a session store', 'find'), csrf }, ['sessions']),
  certificates: object<written.CertificatesConfiguration>({ certificates, csrf: originsOnly }, ['certificates']),
  signatures: object<written.SignaturesConfiguration>({ signatures }, ['signatures']),
  verify: object<written.VerifyConfiguration>({ verify: madeBy('a function'), csrf }, ['verify']),
} satisfies Readonly<Record<string, Reader<written.SchemeConfiguration>>>;

type Kind = keyof typeof authenticationReaders;

function kindsOf(scheme: SecurityScheme): readonly Kind[] {
  if (scheme.type === 'apiKey')
    return scheme.in === 'cookie' ? ['sessions', 'keys', 'store', 'verify'] : ['keys', 'store', 'verify'];
  if (scheme.type === 'mutualTLS') return ['certificates', 'verify'];
  if (scheme.type !== 'http') return ['issuer', 'verify'];
  if (scheme.scheme === 'bearer' || scheme.scheme === 'dpop') return ['issuer', 'verify'];
  if (scheme.scheme === 'basic') return ['users', 'store', 'verify'];
  return scheme.scheme === 'signature' ? ['signatures', 'verify'] : ['verify'];
}

/**
 * Reads who vouches for one security scheme, after references were resolved.
 * @throws CastellanError `bad-authentication`, `digest-refused`, `unknown-option`, `weak-secret`
 */
export function readScheme(scheme: SecurityScheme, value: unknown): written.SchemeConfiguration {
  refuseDigest(scheme);
  const where = `authentication.${scheme.name}`;
  try {
    const read = authenticationReaders[kindOf(scheme, objectOf(value, where, exampleOf(scheme)), where)](value, where);
    refuseIdleCsrf(scheme, read, where);
    return read;
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'bad-option') throw error;
    const { what, mend, cause } = error;
    throw new CastellanError({ code: 'bad-authentication', message: what, mend, cause });
  }
}

/**
 * Refuses what nothing would read: only credentials that browsers send by themselves can be forged, and only a cookie has
 * a token made of it.
 */
function refuseIdleCsrf(scheme: SecurityScheme, value: written.SchemeConfiguration, where: string): void {
  const given = 'csrf' in value ? value.csrf : undefined;
  if (given === undefined || (scheme.type === 'apiKey' && scheme.in === 'cookie')) return;
  const sent = scheme.type === 'mutualTLS' || (scheme.type === 'http' && scheme.scheme === 'basic');
  const idle = Object.keys(given).filter((name) => !sent || name !== 'origins');
  if (!sent)
    throw badOption(
      `${where}.csrf`,
      'is for credentials that browsers send by themselves',
      'remove it: nothing reads it',
    );
  if (idle[0] !== undefined)
    throw badOption(`${where}.csrf.${idle[0]}`, 'is for cookies', 'remove it: only origins is read here');
}

function kindOf(scheme: SecurityScheme, value: Readonly<Record<string, unknown>>, where: string): Kind {
  const fitting = kindsOf(scheme);
  const named = fitting.filter((kind) => Object.hasOwn(value, kind) && value[kind] !== undefined);
  const [kind, another] = named;
  if (kind !== undefined && another === undefined) return kind;
  if (kind !== undefined)
    throw badOption(where, `has both ${kind} and ${another}, which are two ways to vouch`, `keep one of them`);
  const misspelt = Object.keys(value).find((name) => nearest(name, fitting) !== undefined);
  if (misspelt !== undefined) knownNames({ [misspelt]: true }, where, fitting);
  const { type } = scheme;
  throw badOption(
    where,
    `does not fit its scheme (${type}${type === 'http' ? ` ${scheme.scheme}` : ''})`,
    `write ${exampleOf(scheme)}`,
  );
}

/** Before its entry is read: no entry can mend it. */
function refuseDigest(scheme: SecurityScheme): void {
  if (scheme.type !== 'http' || scheme.scheme !== 'digest') return;
  throw new CastellanError({
    code: 'digest-refused',
    message: `security scheme ${scheme.name} is http digest, which needs the server to keep what is as good as the password and lets a man in the middle ask for MD5`,
    mend: 'declare basic over TLS, or better bearer; passwords are then kept as Argon2id hashes only',
  });
}
