import type { JSONWebKeySet, JWK } from 'jose';
import { moment, seconds } from '../configuration/quantities.ts';
import {
  anyObject,
  badOption,
  boolean,
  either,
  integer,
  isObject,
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

const isText = (value: unknown): boolean => typeof value === 'string';

const csrf = object<written.CsrfConfiguration>({
  origins: list(text),
  secret: secret(32),
  header: text,
  token: oneOf(['always', 'fallback']),
});

/** Of passwords and certificates, which no page can read: where a request may come from is all there is to say. */
const originsOnly = object<Pick<written.CsrfConfiguration, 'origins'>>({ origins: list(text) });

const claimValue: Reader<string | number | boolean> = reader(
  { type: ['string', 'number', 'boolean'] },
  (value, where) => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    throw badOption(where, 'is nothing that a claim can be', "write a text, a number, true or false: 'access'");
  },
);

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
    client: object<written.ProviderClient>(
      {
        id: text,
        secret: text,
        key: either<JWK, string>(isObject, anyObject('<private JWK>') as Reader<JWK>, text),
        auth: oneOf(['basic', 'post', 'private_key_jwt', 'mtls']),
      },
      ['id'],
    ),
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

/** A claim by its place, or several. */
const claims = someOf(text);

const requiredClaim: Reader<written.RequiredClaim> = reader(
  { anyOf: [claimValue.schema, { type: 'array', items: claimValue.schema, minItems: 1 }] },
  (value, where) => {
    if (!Array.isArray(value)) return claimValue(value, where);
    if (value.length > 0) return value.map((one, index) => claimValue(one, `${where}[${index}]`));
    throw badOption(where, 'is an empty list', 'write what the claim must be, or remove it');
  },
);

const groups = either<written.GroupsClaim, string | readonly string[]>(
  isObject,
  object<written.GroupsClaim>({ claim: claims, separator: text, members: oneOf(['names', 'names-of-tenant']) }, [
    'claim',
  ]),
  claims,
);

const issuer = either<written.IssuerResolver, string | readonly string[]>(
  (value) => typeof value === 'function',
  madeBy<written.IssuerResolver>('a function'),
  claims,
);

const token: Members<written.TokenConfiguration> = {
  issuer,
  tenants: someOf(text),
  audience: someOf(text),
  require: record(requiredClaim),
  dedicatedKeys: boolean,
  secret: someOf(text),
  from: object<written.TokenPlace>({ header: text, cookie: text, query: text }),
  csrf,
  connection: object<written.ConnectionConfiguration>({ ca: text, certificate: text, key: text, hosts: someOf(text) }),
  algorithms: someOf(text),
  jwks,
  clockSkew: seconds(0, 300),
  type: text,
  subject: claims,
  groups,
  scopes: claims,
  tenant: text,
  optionalGroups: boolean,
  cachedTokens: integer(0, 10_000_000),
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

const onlyTrue: Reader<true> = reader({ enum: [true, 'true'] }, (value, where) => {
  if (value === true || value === 'true') return true;
  throw badOption(where, 'can only be true', 'write true, or configure the scheme here: an issuer, keys, users');
});

/** What says whose tokens they are, and that they are for this API. */
const tokens: Reader<written.TokenConfiguration> = reader(
  {
    ...object<written.TokenConfiguration>(token).schema,
    if: { required: ['secret'] },
    else: {
      required: ['issuer'],
      if: { required: ['audience'] },
      else: { if: { required: ['dedicatedKeys'] }, else: { required: ['require'] } },
    },
  },
  (value, where) => {
    const read = object<written.TokenConfiguration>(token)(value, where);
    if (read.secret !== undefined) return read;
    if (read.issuer === undefined) throw badOption(`${where}.issuer`, 'is missing', 'add issuer');
    if (read.audience === undefined && read.require === undefined && read.dedicatedKeys === undefined)
      throw badOption(
        `${where}.audience`,
        'is missing',
        "add audience, or where tokens have no aud what else binds them: require: { client_id: '…' }",
      );
    return read;
  },
);

/** Members of an entry for tokens. */
export const tokenMembers: readonly string[] = Object.keys(token);

/** Ways to say who vouches, by the member that says which one it is. */
export const authenticationReaders = {
  issuer: tokens,
  keys: object<written.KeysConfiguration>({ keys, csrf }, ['keys']),
  store: object<written.KeyStoreConfiguration | written.UserStoreConfiguration>(
    { store: either(isText, text, madeBy<KeyStore & UserStore>('a store', 'find')), csrf },
    ['store'],
  ),
  users: object<written.UsersConfiguration>({ users, csrf: originsOnly }, ['users']),
  sessions: object<written.SessionsConfiguration>({ sessions: madeBy('a session store', 'find'), csrf }, ['sessions']),
  certificates: object<written.CertificatesConfiguration>({ certificates, csrf: originsOnly }, ['certificates']),
  signatures: object<written.SignaturesConfiguration>({ signatures }, ['signatures']),
  upstream: object<written.UpstreamConfiguration>({ upstream: onlyTrue }, ['upstream']),
  whoami: object<written.WhoamiConfiguration>(
    {
      whoami: text,
      at: text,
      subject: claims,
      groups,
      scopes: claims,
      tenant: text,
      optionalGroups: boolean,
      cache: seconds(0, 3600),
    },
    ['whoami', 'subject'],
  ),
  verify: object<written.VerifyConfiguration>(
    { verify: madeBy('a function'), anonymous: boolean, cache: seconds(0, 3600), csrf },
    ['verify'],
  ),
} satisfies Readonly<Record<string, Reader<written.SchemeConfiguration>>>;
