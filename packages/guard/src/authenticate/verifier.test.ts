// Which verifier a scheme gets by its configuration, and credentials that somebody else verifies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecurityScheme } from '@castellan/contract';
import type { SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { Attempts } from './attempts.ts';
import type { SchemeConfiguration } from './configuration.ts';
import { readScheme } from './read-scheme.ts';
import { Sessions } from './sessions.ts';
import { upstreamVerifier } from './upstream.ts';
import { verifierOf } from './verifier.ts';

const scheme = (more: object): SecurityScheme => ({ name: 's', ...more }) as unknown as SecurityScheme;
const http = (name: string): SecurityScheme => scheme({ type: 'http', scheme: name });
const key = (place: string): SecurityScheme => scheme({ type: 'apiKey', in: place, key: 'k' });
const mutual = scheme({ type: 'mutualTLS' });
const oauth2 = scheme({ type: 'oauth2' });
const openId = scheme({ type: 'openIdConnect', openIdConnectUrl: 'https://login.company.com/x' });

const needs = {
  realm: 'R',
  fetch: globalThis.fetch,
  attempts: new Attempts(),
  clock: () => 0,
  origins: ['https://cors.example.com'],
};
const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' }] };
const token = { issuer: 'https://login.company.com', audience: 'a', jwks };
const users = { users: { ada: { password: 'correct horse battery' } } };
const keys = { keys: { kE9vQ2mX7pL4zR8tW1yB6nC3: { subject: 'ada' } } };
const store = { store: { find: () => undefined } };
const sessions = { sessions: new Sessions() };
const signatures = { signatures: { keys: { c: { key: 's'.repeat(40), subject: 'c' } } } };
const certificates = { certificates: { anyone: true, subject: 'dns' } };
const verify = { verify: () => undefined };

const make = (of: SecurityScheme, configuration: object): Promise<SchemeVerifier> =>
  verifierOf(of, configuration as SchemeConfiguration, needs as never);

const fits: readonly (readonly [of: SecurityScheme, configuration: object, challenge: string, ambient: boolean])[] = [
  [http('bearer'), token, 'Bearer realm="R"', false],
  [http('dpop'), token, 'Bearer realm="R"', false],
  [oauth2, token, 'Bearer realm="R"', false],
  [openId, token, 'Bearer realm="R"', false],
  [http('bearer'), verify, 'Bearer realm="R"', false],
  [http('hoba'), verify, 'hoba', false],
  [http('basic'), users, 'Basic realm="R", charset="UTF-8"', true],
  [http('basic'), store, 'Basic realm="R", charset="UTF-8"', true],
  [http('basic'), verify, 'Basic realm="R", charset="UTF-8"', true],
  [http('negotiate'), verify, 'negotiate', true],
  [http('ntlm'), verify, 'ntlm', true],
  [http('signature'), signatures, 'Signature', false],
  [mutual, certificates, 'ClientCertificate realm="R"', true],
  [mutual, verify, 'ClientCertificate realm="R"', true],
  [key('header'), keys, 'ApiKey realm="R", in="header", name="k"', false],
  [key('query'), keys, 'ApiKey realm="R", in="query", name="k"', false],
  [key('header'), token, 'Bearer realm="R"', false],
  [http('bearer'), keys, 'Bearer realm="R"', false],
  [key('cookie'), keys, 'Cookie realm="R", name="k"', true],
  [key('header'), store, 'ApiKey realm="R", in="header", name="k"', false],
  [key('cookie'), sessions, 'Cookie realm="R", name="k"', true],
  [key('header'), verify, 'ApiKey realm="R", in="header", name="k"', false],
  [key('cookie'), verify, 'Cookie realm="R", name="k"', true],
  [http('bearer'), { upstream: true }, 'Bearer realm="R"', false],
  [http('basic'), { upstream: true }, 'Basic realm="R", charset="UTF-8"', false],
];
for (const [of, configuration, challenge, ambient] of fits)
  test(`${JSON.stringify(of)} with ${Object.keys(configuration).join()}`, async () => {
    const verifier = await make(of, configuration);
    assert.deepEqual([verifier.challenge, verifier.ambient === true, verifier.scheme], [challenge, ambient, of]);
    await verifier.close?.();
  });

const misfits: readonly (readonly [of: SecurityScheme, configuration: object])[] = [
  [http('basic'), token],
  [http('hoba'), token],
  [mutual, token],
  [http('bearer'), users],
  [key('header'), sessions],
  [key('header'), { store: 7 }],
  [key('header'), { store: {} }],
  [key('header'), { store: null }],
  [http('basic'), { store: {} }],
  [http('bearer'), signatures],
  [http('bearer'), certificates],
  [mutual, signatures],
  [http('signature'), certificates],
];
for (const [of, configuration] of misfits)
  test(`${JSON.stringify(of)} with ${JSON.stringify(configuration).slice(0, 40)} does not fit`, async () => {
    await assert.rejects(make(of, configuration), { code: 'bad-authentication', message: /does not fit its scheme/ });
  });

test('a verifier that takes anything is found, one that throws or says no is none', async () => {
  for (const [own, mock] of [
    [() => ({ subject: 'x' }), true],
    [() => Promise.resolve({ subject: 'x' }), true],
    [() => ({ subject: 7 }), false],
    [() => undefined, false],
    [() => Promise.reject(new Error('no')), false],
    [(credential: string) => (credential.includes(':') ? undefined : { subject: 'x' }), false],
    [(credential: string) => (credential.includes(':') ? { subject: 'x' } : undefined), false],
  ] as const) {
    const { notices } = await make(http('bearer'), { verify: own });
    assert.equal(
      notices.some(({ code }) => code === 'mock-identity'),
      mock,
      String(own),
    );
  }
});

const page = (origin: string): SchemeRequest =>
  ({
    incoming: { method: 'POST', headers: { origin }, rawHeaders: [] },
    authorization: 'Basic YTpi',
    url: 'https://api.example.com/',
    now: 0,
  }) as unknown as SchemeRequest;
test('what browsers send by themselves comes from the API’s own pages, those of CORS and those that are named', async () => {
  const { verify: ask } = await make(http('basic'), { ...verify, csrf: { origins: ['https://app.example.com'] } });
  const of = async (origin: string): Promise<unknown> => ((await ask(page(origin))) as { reason?: string }).reason;
  for (const origin of ['https://api.example.com', 'https://app.example.com', 'https://cors.example.com'])
    assert.equal(await of(origin), 'verifier-refused', origin);
  assert.equal(await of('https://evil.example.com'), 'cross-site-request');
});

test('csrf where nothing would read it is refused', () => {
  const cookieCsrf = { secret: 's'.repeat(32), origins: ['https://app.example.com'] };
  const origins = { origins: ['https://app.example.com'] };
  for (const [of, entry, message] of [
    [key('cookie'), { ...sessions, csrf: cookieCsrf }, undefined],
    [http('basic'), { ...users, csrf: origins }, undefined],
    [mutual, { ...certificates, csrf: origins }, undefined],
    [http('basic'), { ...users, csrf: cookieCsrf }, /csrf/],
    [key('header'), { ...keys, csrf: origins }, /csrf/],
    [http('bearer'), { ...verify, csrf: origins }, /csrf/],
    [http('basic'), { ...verify, csrf: { header: 'x' } }, /csrf/],
  ] as const) {
    const read = (): unknown => readScheme(of, entry);
    if (message === undefined) assert.doesNotThrow(read);
    else
      assert.throws(read, { code: /^(?:bad-authentication|unknown-option|weak-secret)$/, message }, JSON.stringify(of));
  }
});

test('an entry has one way to vouch, spelt as it is, for its scheme', () => {
  for (const [of, entry, message] of [
    [http('bearer'), { ...token, ...verify }, /has both/],
    [http('bearer'), {}, /does not fit its scheme \(http bearer\)/],
    [mutual, {}, /does not fit its scheme \(mutualTLS\)/],
    [http('bearer'), { isuer: 'x' }, /isuer/],
    [http('bearer'), { verify: undefined }, /does not fit/],
    [key('header'), keys, undefined],
    [http('bearer'), { ...token, proof: { nonce: 'short' } }, /nonce/],
    [http('bearer'), { ...token, proof: { nonce: 'true' } }, undefined],
    [http('bearer'), { ...token, proof: { nonce: 'false' } }, undefined],
    [http('bearer'), { ...token, proof: { nonce: true } }, undefined],
    [http('bearer'), { ...token, proof: { nonce: 'n'.repeat(32) } }, undefined],
    [http('bearer'), { ...token, proof: { nonce: 7 } }, /nonce/],
    [http('bearer'), { ...token, jwks: { keys: {} } }, /JSON Web Key Set/],
    [http('bearer'), { ...token, jwks: 7 }, /jwks/],
  ] as const) {
    const read = (): unknown => readScheme(of, entry);
    if (message === undefined) assert.doesNotThrow(read, JSON.stringify(entry));
    else
      assert.throws(
        read,
        { code: /^(?:bad-authentication|unknown-option|weak-secret)$/, message },
        JSON.stringify(entry),
      );
  }
  assert.throws(() => readScheme(http('digest'), {}), { code: 'digest-refused' });
});

test('credentials that somebody else verifies are there, well-formed, and known by no name', () => {
  const ask = (of: SecurityScheme, authorization: string | undefined): unknown => {
    const outcome = upstreamVerifier(of, 'R', true, new Attempts()).verify({
      incoming: { rawHeaders: [], headers: {} },
      authorization,
      now: 0,
      address: '192.0.2.1',
    } as unknown as SchemeRequest);
    return 'reason' in outcome ? outcome.reason : (outcome as { outcome: string }).outcome;
  };
  for (const [of, authorization, told] of [
    [http('bearer'), undefined, 'missing'],
    [http('bearer'), 'Bearer ', 'missing'],
    [http('bearer'), 'Bearer x', 'verified'],
    [http('bearer'), 'Bearer x y', 'malformed-credential'],
    [http('bearer'), 'Bearer é', 'malformed-credential'],
    [http('bearer'), `Bearer ${'x'.repeat(16 * 1024)}`, 'verified'],
    [http('bearer'), `Bearer ${'x'.repeat(16 * 1024 + 1)}`, 'malformed-credential'],
    [http('bearer'), 'Basic x', 'missing'],
    [http('hoba'), 'HOBA a="b", c', 'verified'],
    [http('hoba'), 'HOBA é', 'malformed-credential'],
    [http('basic'), 'Basic YTpi', 'verified'],
    [http('basic'), `Basic ${Buffer.from('ä:ö').toString('base64')}`, 'verified'],
    [http('basic'), 'Basic x', 'malformed-credential'],
    [http('basic'), 'basic', 'malformed-credential'],
    [http('basic'), 'Bearer x', 'missing'],
    [http('basic'), undefined, 'missing'],
  ] as const)
    assert.equal(ask(of, authorization), told, `${JSON.stringify(of)} ${authorization?.slice(0, 20)}`);
  const verifier = upstreamVerifier(http('bearer'), 'R', false, new Attempts());
  const of = (authorization: string): unknown =>
    verifier.verify({ incoming: {}, authorization, now: 0, address: '192.0.2.1' } as unknown as SchemeRequest);
  const [first, again, other] = [of('Bearer x'), of('Bearer x'), of('Bearer y')] as {
    identity: { subject: string; issuer: string; unknown: string[]; credential: { id: string } };
  }[];
  assert.equal(first?.identity, again?.identity);
  assert.notEqual(first?.identity.subject, other?.identity.subject);
  assert.match(first?.identity.subject ?? '', /^unverified:[0-9a-f]{32}$/);
  assert.deepEqual([first?.identity.issuer, first?.identity.unknown], ['upstream:s', ['groups', 'tenant']]);
  const notice = (chosen: boolean): string | undefined =>
    upstreamVerifier(http('bearer'), 'R', chosen, new Attempts()).notices[0]?.message;
  assert.match(notice(true) ?? '', /is verified by what is behind the guard/);
  assert.match(notice(false) ?? '', /^nothing is configured for/);
});
