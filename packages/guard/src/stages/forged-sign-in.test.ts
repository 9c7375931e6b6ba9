// promise: csrf
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { Exchange } from '../exchange.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Refusal } from '../problem.ts';
import { compileGivenCookie, forgedSignIn } from './forged-sign-in.ts';

interface Api {
  readonly method?: string;
  /** Schemes of each requirement; an empty list lets anybody in. */
  readonly security?: readonly (readonly string[])[];
  readonly schemes?: readonly object[];
  /** Header fields that some answer documents. */
  readonly headers?: readonly string[];
}

const sid = { type: 'apiKey', in: 'cookie', key: 'sid' };
const token = { type: 'apiKey', in: 'header', key: 'token' };

function compiled({ method = 'POST', security = [], schemes = [sid], headers = ['Set-Cookie'] }: Api): {
  readonly core: GuardCore;
  readonly operation: Operation;
} {
  return {
    core: {
      contract: { securitySchemes: new Map(schemes.map((scheme, at) => [String(at), scheme])) },
      authentication: { pages: new Set(['https://app.example.com']) },
    } as unknown as GuardCore,
    operation: {
      method,
      security: security.map((names) => ({ schemes: names.map((name) => ({ scheme: { name }, scopes: [] })) })),
      responses: [{ headers: [] }, { headers: headers.map((name) => ({ name })) }],
    } as unknown as Operation,
  };
}

const foreign = { origin: 'https://evil.example.com' };
const own = { origin: 'https://app.example.com' };

function exchangeOf(headers: object): Exchange {
  const exchange = new Exchange('1', { headers } as IncomingRequest, 0, 0, 'https://api.example.com');
  exchange.path = '/sign-in';
  return exchange;
}

const givers: readonly (readonly [name: string, api: Api, gives: boolean, documents: boolean])[] = [
  ['nobody has to sign in', {}, true, true],
  ['anybody may', { security: [['a'], []] }, true, true],
  ['somebody has to', { security: [['a']] }, false, false],
  ['what changes nothing', { method: 'GET' }, false, false],
  ['no cookie is a credential', { schemes: [token] }, false, false],
  ['a cookie beside others', { schemes: [token, sid, { type: 'http' }] }, true, true],
  ['no cookie is documented', { headers: ['X-A'] }, true, false],
  ['in another case', { headers: ['X-A', 'set-COOKIE'] }, true, true],
];
for (const [name, api, gives, documents] of givers)
  test(`an operation that may give a session out: ${name}`, () => {
    const { core, operation } = compiled(api);
    const stage = forgedSignIn.compile(core, operation);
    assert.deepEqual([stage !== undefined, compileGivenCookie(core, operation) !== undefined], [documents, gives]);
    const refusal = stage?.(exchangeOf(foreign)) as Refusal | undefined;
    assert.equal(refusal?.reason, documents ? 'cross-site-request' : undefined);
    assert.deepEqual([stage?.(exchangeOf(own)), stage?.(exchangeOf({}))], [undefined, undefined]);
  });

test('an answer that sets the cookie of a session, asked for by a page of another site', () => {
  const { core, operation } = compiled({ schemes: [sid, { ...sid, key: 'second' }, token] });
  const given = compileGivenCookie(core, operation);
  for (const [field, held] of [
    [undefined, false],
    [null, false],
    ['sid=1; Path=/', true],
    ['second=1', true],
    ['other=1', false],
    ['xsid=1', false],
    ['token=1', false],
    ['a=1, sid=2', true],
    [['a=1', 'sid=2'], true],
    [['a=1', 'b=2'], false],
    [[], false],
  ] as const) {
    const fields = { getHeader: (name: string) => (name === 'set-cookie' ? field : undefined) };
    const reason = held ? 'cross-site-request' : undefined;
    assert.equal(given?.(exchangeOf(foreign), fields)?.reason, reason, String(field));
    assert.equal(given?.(exchangeOf(own), fields), undefined);
    assert.equal(given?.(exchangeOf({}), fields), undefined);
  }
});
