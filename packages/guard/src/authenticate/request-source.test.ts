import assert from 'node:assert/strict';
// promise: csrf
import { test } from 'node:test';
import type { SecurityScheme } from '@castellan/contract';
import type { SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { csrfToken, withCsrfDefence, withOriginCheck } from './csrf.ts';
import { originOf, sourceOf } from './request-source.ts';

const own = 'https://api.example.com';
const page = 'https://app.example.com';
const evil = 'https://evil.example.com';

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly authorization?: string;
  readonly certificate?: boolean;
}

function requestOf({
  method = 'POST',
  headers = {},
  url = `${own}/a`,
  authorization,
  certificate,
}: Sent): SchemeRequest {
  const clientCertificate = (): object | undefined => (certificate === true ? {} : undefined);
  return {
    incoming: { method, headers, clientCertificate: certificate === undefined ? undefined : clientCertificate },
    url,
    authorization,
    address: '192.0.2.1',
    now: 0,
  } as unknown as SchemeRequest;
}

const site = (value: string): Record<string, string> => ({ 'sec-fetch-site': value });
const rows: readonly (readonly [headers: Record<string, string>, source: string, url?: string])[] = [
  [{}, 'unknown'],
  [{ origin: own }, 'own'],
  [{ origin: page }, 'own'],
  [{ origin: evil }, 'foreign'],
  [{ origin: 'null' }, 'foreign'],
  [{ origin: '' }, 'foreign'],
  [{ origin: 'http://api.example.com' }, 'foreign'],
  [{ origin: `${own}:8443` }, 'foreign'],
  // TLS ends in front of this process.
  [{ origin: own }, 'own', 'http://api.example.com/a'],
  [{ origin: evil }, 'foreign', 'http://api.example.com/a'],
  [{ referer: `${own}/page` }, 'own'],
  [{ referer: `${page}/page` }, 'own'],
  [{ referer: `${evil}/?${own}` }, 'foreign'],
  [{ referer: 'nothing' }, 'foreign'],
  [{ origin: evil, referer: own }, 'foreign'],
  [{ origin: own, referer: evil }, 'own'],
  [site('same-origin'), 'own'],
  [site('same-site'), 'foreign'],
  [site('cross-site'), 'foreign'],
  [site('none'), 'foreign'],
  [{ ...site('same-origin'), origin: evil }, 'foreign'],
  [{ ...site('same-site'), origin: page }, 'own'],
  [{ ...site('cross-site'), origin: page }, 'own'],
  [{ ...site('cross-site'), origin: own }, 'foreign'],
  [{ ...site('cross-site'), referer: `${page}/x` }, 'own'],
  [{}, 'foreign', 'https://not a host/a'],
  [site('same-origin'), 'foreign', 'https://not a host/a'],
];
for (const [headers, source, url] of rows)
  test(`where a request comes from: ${JSON.stringify(headers)} ${url ?? ''}`, () =>
    assert.equal(sourceOf(requestOf({ headers, ...(url === undefined ? {} : { url }) }), new Set([page])), source));

test('an origin is scheme and host', () => {
  assert.equal(originOf('x', page), page);
  for (const none of ['', 'app.example.com', `${page}/`, `${page}/x`, 'https://*.example.com'])
    assert.throws(() => originOf('x', none), { code: 'bad-authentication' }, none);
});

const cookie = { name: 'session', type: 'apiKey', in: 'cookie', key: 'sid' } as unknown as SecurityScheme & {
  type: 'apiKey';
};
const verifier = (scheme: SecurityScheme): SchemeVerifier =>
  ({
    scheme,
    challenge: 'It',
    notices: [],
    verify: () => ({ outcome: 'verified' }) as SchemeOutcome,
  }) as SchemeVerifier;

/** The reason of a refusal, or the outcome. */
const told = async (outcome: SchemeOutcome | Promise<SchemeOutcome>): Promise<string> => {
  const settled = await outcome;
  return settled.outcome === 'refused' ? settled.reason : settled.outcome;
};

const secret = 's'.repeat(32);
const token = csrfToken('abc', secret);
const sid = { cookie: 'sid=abc' };
const cookies: readonly (readonly [configuration: object, sent: Sent, outcome: string])[] = [
  [{}, { method: 'GET' }, 'verified'],
  [{}, { method: 'GET', headers: { ...sid, origin: evil } }, 'verified'],
  [{}, { headers: {} }, 'missing'],
  [{}, { headers: { cookie: 'sid=' } }, 'missing'],
  [{}, { headers: { cookie: 'other=abc' } }, 'missing'],
  [{}, { headers: sid }, 'csrf-token-missing'],
  [{}, { headers: { ...sid, origin: evil, 'x-csrf-token': token } }, 'cross-site-request'],
  [{}, { headers: { ...sid, 'x-csrf-token': '' } }, 'csrf-token-missing'],
  [{}, { headers: { ...sid, 'x-csrf-token': token } }, 'verified'],
  [{}, { headers: { ...sid, 'x-csrf-token': `${token}x` } }, 'csrf-token-wrong'],
  [{}, { headers: { ...sid, 'x-csrf-token': csrfToken('abd', secret) } }, 'csrf-token-wrong'],
  [{}, { headers: { ...sid, 'x-csrf-token': csrfToken('abc') } }, 'csrf-token-wrong'],
  [{}, { headers: { ...sid, origin: own } }, 'csrf-token-missing'],
  [{ token: 'fallback' }, { headers: { ...sid, origin: own } }, 'verified'],
  [{ token: 'fallback' }, { headers: { ...sid, origin: page } }, 'cross-site-request'],
  [{ token: 'fallback', origins: [page] }, { headers: { ...sid, origin: page } }, 'verified'],
  [{ token: 'fallback' }, { headers: sid }, 'csrf-token-missing'],
  [{ header: 'X-Token' }, { headers: { ...sid, 'x-token': token } }, 'verified'],
  [{ header: 'X-Token' }, { headers: { ...sid, 'x-csrf-token': token } }, 'csrf-token-missing'],
];
for (const [configuration, sent, outcome] of cookies)
  test(`a cookie: ${JSON.stringify(configuration)} ${JSON.stringify(sent).slice(0, 90)}`, async () => {
    const defended = withCsrfDefence('session', 'sid', verifier(cookie), { secret, ...configuration });
    assert.equal(await told(defended.verify(requestOf(sent))), outcome);
    assert.deepEqual([defended.ambient, defended.challenge], [true, 'It']);
  });

test('without a secret of the configuration the process has one', async () => {
  const defended = withCsrfDefence('session', 'sid', verifier(cookie));
  const of = (value: string): Promise<string> =>
    told(defended.verify(requestOf({ headers: { ...sid, 'x-csrf-token': value } })));
  assert.deepEqual([await of(csrfToken('abc')), await of(token)], ['verified', 'csrf-token-wrong']);
});

test('what cannot defend is refused at the start', () => {
  assert.throws(() => withCsrfDefence('session', 'sid', verifier(cookie), { secret: 's'.repeat(31) }), {
    code: 'weak-secret',
  });
  assert.throws(() => withCsrfDefence('session', 'sid', verifier(cookie), { origins: ['x'] }), {
    code: 'bad-authentication',
  });
  assert.throws(() => withOriginCheck(verifier(cookie), { origins: ['x'] }), { code: 'bad-authentication' });
});

test('a cookie that other hosts may write is told of', () => {
  for (const [key, advice] of [
    ['sid', /__Host-sid$/],
    ['__Secure-sid', /__Host-sid$/],
    ['__Host-sid', undefined],
    ['__host-sid', undefined],
    ['x__Host-sid', /__Host-x__Host-sid$/],
  ] as const) {
    const scheme = { ...cookie, key };
    const [notice] = withCsrfDefence(scheme.name, scheme.key, verifier(scheme)).notices;
    assert.equal(notice?.code, advice === undefined ? undefined : 'cookie-without-prefix', key);
    if (advice !== undefined) assert.match(notice?.message ?? '', advice);
  }
});

const basic = { name: 'basic', type: 'http', scheme: 'basic' } as unknown as SecurityScheme;
const mutual = { name: 'mutual', type: 'mutualTLS' } as unknown as SecurityScheme;
const origins: readonly (readonly [scheme: SecurityScheme, sent: Sent, outcome: string])[] = [
  [basic, { authorization: 'Basic x' }, 'verified'],
  [basic, { authorization: 'Basic x', headers: { origin: evil } }, 'cross-site-request'],
  [basic, { authorization: 'Basic x', headers: { origin: evil }, method: 'GET' }, 'verified'],
  [basic, { authorization: 'Basic x', headers: { origin: page } }, 'verified'],
  [basic, { authorization: 'Basic x', headers: { origin: 'https://cors.example.com' } }, 'verified'],
  [basic, { headers: { origin: evil } }, 'verified'],
  [basic, { headers: { origin: evil }, certificate: true }, 'verified'],
  [mutual, { headers: { origin: evil }, certificate: true }, 'cross-site-request'],
  [mutual, { headers: { origin: evil }, certificate: false }, 'verified'],
  [mutual, { headers: { origin: evil }, authorization: 'Basic x' }, 'verified'],
  [mutual, { headers: { origin: own }, certificate: true }, 'verified'],
];
for (const [scheme, sent, outcome] of origins)
  test(`what browsers send by themselves: ${scheme.name} ${JSON.stringify(sent)}`, async () => {
    const checked = withOriginCheck(verifier(scheme), { origins: [page] }, ['https://cors.example.com']);
    assert.equal(await told(checked.verify(requestOf(sent))), outcome);
    assert.deepEqual([checked.ambient, checked.challenge, checked.scheme], [true, 'It', scheme]);
  });
