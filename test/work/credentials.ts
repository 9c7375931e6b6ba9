// Work on credentials and on what stands behind them grows no faster than they.
import { times, type Measured } from './measured.ts';
import { ask, documentOf, fileOf } from './guarded.ts';
import type { GuardOptions } from '@castellan/guard';
import { RevocationList } from '@castellan/guard/revocation';
import { createIssuer } from '../../packages/guard/test/tokens.ts';

const identity = await createIssuer();
const bearer = documentOf(
  {},
  { security: [{ s: [] }], components: { securitySchemes: { s: { type: 'http', scheme: 'bearer' } } } },
);
const keys = documentOf(
  {},
  { security: [{ s: [] }], components: { securitySchemes: { s: { type: 'apiKey', in: 'header', name: 'X-Key' } } } },
);
const basic = documentOf(
  {},
  { security: [{ s: [] }], components: { securitySchemes: { s: { type: 'http', scheme: 'basic' } } } },
);
const provider = { issuer: 'https://login.example.com', audience: 'orders', jwks: identity.jwks };

interface Credentials {
  readonly n: number;
  readonly expected: number;
  readonly contract?: Record<string, unknown>;
  /** The field and what it says. */
  readonly field?: string;
  readonly value: (n: number) => string | Promise<string>;
  readonly authentication?: (n: number) => GuardOptions['authentication'];
  readonly bounded?: boolean;
}

function presented({
  n,
  expected,
  contract = bearer,
  field = 'authorization',
  value,
  authentication = () => ({ s: provider }),
  bounded = true,
}: Credentials): Measured {
  return {
    n,
    bounded,
    prepare: async (size) =>
      ask(contract, { fields: [[field, await value(size)]] }, expected, {
        authentication: authentication(size),
      }),
  };
}
const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const good = (): Promise<string> => identity.token().then((token) => `Bearer ${token}`);

/** A list of revocations that is read and swept. */
function revocations(make: (index: number) => object): Measured {
  return {
    n: 250,
    prepare: (n) => {
      const file = fileOf(times(n, (i) => `${JSON.stringify(make(i))}\n`).join(''), '.jsonl');
      return async () => {
        const list = await new RevocationList({ file }).open();
        await list.close();
      };
    },
  };
}

export const credentialCases: Readonly<Record<string, Measured>> = {
  'a token': presented({ n: 100, expected: 204, value: good }),
  'scopes of a token': presented({
    n: 100,
    expected: 204,
    value: (n) => identity.token({ scope: times(n, (i) => `s${i}`).join(' ') }).then((token) => `Bearer ${token}`),
  }),
  'audiences of a token': presented({
    n: 100,
    expected: 204,
    value: (n) => identity.token({ aud: [...times(n, (i) => `a${i}`), 'orders'] }).then((token) => `Bearer ${token}`),
  }),
  'claims of a token': presented({
    n: 100,
    expected: 204,
    value: (n) => identity.token(Object.fromEntries(times(n, (i) => [`c${i}`, i]))).then((token) => `Bearer ${token}`),
  }),
  'a long header of a token': presented({
    n: 100,
    expected: 401,
    value: (n) =>
      `Bearer ${text({ alg: 'ES256', ...Object.fromEntries(times(n, (i) => [`h${i}`, i])) })}.${text({})}.AAAA`,
  }),
  'critical parameters of a token': presented({
    n: 100,
    expected: 401,
    value: (n) => `Bearer ${text({ alg: 'ES256', crit: times(n, (i) => `h${i}`) })}.${text({})}.AAAA`,
  }),
  'dots in a token': presented({ n: 500, expected: 401, value: (n) => `Bearer ${'a.'.repeat(n)}` }),
  'no token': presented({ n: 500, expected: 401, value: (n) => `Bearer ${'='.repeat(n)}` }),
  'nested JSON in a token': presented({
    n: 500,
    expected: 401,
    value: (n) => `Bearer ${Buffer.from(`{"a":${'['.repeat(n)}`).toString('base64url')}.${text({})}.AAAA`,
  }),
  'a set of many keys': presented({
    n: 20,
    expected: 204,
    value: good,
    authentication: (n) => ({
      s: {
        ...provider,
        jwks: {
          keys: [...times(n, (i) => ({ ...identity.jwks.keys[0], kid: `other${i}` })), ...identity.jwks.keys] as never,
        },
      },
    }),
  }),
  'a key that no set has': presented({
    n: 20,
    expected: 401,
    value: () => identity.token({}, { kid: 'nobody' }).then((token) => `Bearer ${token}`),
    authentication: (n) => ({
      s: { ...provider, jwks: { keys: times(n, (i) => ({ ...identity.jwks.keys[0], kid: `other${i}` })) as never } },
    }),
  }),
  'many API keys': presented({
    n: 100,
    expected: 204,
    contract: keys,
    field: 'x-key',
    value: () => `key-0-${'x'.repeat(32)}`,
    authentication: (n) => ({
      s: { keys: times(n, (i) => ({ key: `key-${i}-${'x'.repeat(32)}`, subject: `u${i}` })) },
    }),
  }),
  'a long API key': presented({
    n: 1000,
    expected: 401,
    contract: keys,
    field: 'x-key',
    value: (n) => 'k'.repeat(n),
    authentication: () => ({ s: { keys: [{ key: `key-${'x'.repeat(32)}`, subject: 'ada' }] } }),
  }),
  'no user and password': presented({
    n: 500,
    expected: 401,
    contract: basic,
    value: (n) => `Basic ${Buffer.from(':'.repeat(n)).toString('base64').slice(0, -2)}`,
    authentication: () => ({ s: { verify: () => undefined } }),
  }),
  'revocations in a file': revocations((i) => ({ kind: 'token', id: `t${i}`, at: 1.7e12 + i, until: 4e12 })),
  'revocations of one id by many issuers': revocations((i) => ({
    kind: 'subject',
    id: 'ada',
    issuer: `https://i${i}`,
    at: 1.7e12 + i,
  })),
  'revocations of one id many times': revocations((i) => ({ kind: 'subject', id: 'ada', at: 1.7e12 + i })),
  'revocations that are over': revocations((i) => ({ kind: 'token', id: `t${i}`, at: 1, until: 2 })),
};
