// What a provider says of a token, and how it is asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usualSubject, type ClaimRules } from './claims.ts';
import { clientAuthentication } from './client-authentication.ts';
import { compileIntrospection, type Introspect } from './introspection.ts';
import { ProviderError, type Fetch } from './provider-fetch.ts';

const now = 1_800_000_000_000;
const seconds = now / 1000;
const endpoint = 'https://login.example.com/ask';
const client = { id: 'api client', secret: 'p@ss word+é' };
const authenticate = await clientAuthentication('client', client, 'i', false);
const rules: ClaimRules = {
  issuerFits: (iss) => iss === 'i',
  audience: 'a',
  clockSkew: 30,
  required: [],
  subject: usualSubject,
};

function asking(
  fetch: (address: string, init: RequestInit) => Promise<Response>,
  more: Partial<ClaimRules> = {},
  locate = () => Promise.resolve(endpoint),
): Introspect {
  return compileIntrospection('i', authenticate, { ...rules, ...more }, locate, fetch as Fetch);
}

const active = { active: true, iss: 'i', aud: 'a', sub: 's', exp: seconds + 100 };
const rows: readonly (readonly [answer: object, outcome: string, more?: Partial<ClaimRules>])[] = [
  [active, 'active'],
  [{ ...active, active: 'true' }, 'token-inactive'],
  [{ ...active, active: 1 }, 'token-inactive'],
  [{}, 'token-inactive'],
  [{ ...active, iss: undefined }, 'active'],
  [{ ...active, iss: 'j' }, 'claim-iss'],
  [{ ...active, iss: null }, 'claim-iss'],
  [{ ...active, aud: undefined }, 'claim-aud'],
  [{ ...active, aud: ['b', 'a'] }, 'active'],
  [{ ...active, aud: 'b' }, 'claim-aud'],
  [{ ...active, token_type: 'Bearer' }, 'active'],
  [{ ...active, token_type: 'DPoP' }, 'active'],
  [{ ...active, token_type: 'mac' }, 'token-type'],
  [{ ...active, token_type: 'xbearer' }, 'token-type'],
  [{ ...active, token_type: 7 }, 'token-use'],
  [{ ...active, token_use: 'refresh' }, 'token-use'],
  [{ ...active, exp: undefined }, 'active'],
  [{ ...active, exp: String(seconds + 100) }, 'claim-exp'],
  [{ ...active, exp: null }, 'claim-exp'],
  [{ ...active, exp: seconds - 30 }, 'token-expired'],
  [{ ...active, exp: seconds - 29 }, 'active'],
  [{ ...active, exp: seconds }, 'token-expired', { clockSkew: 0 }],
  [{ ...active, nbf: seconds + 30 }, 'active'],
  [{ ...active, nbf: seconds + 31 }, 'claim-nbf'],
  [{ ...active, nbf: 'x' }, 'claim-nbf'],
  [{ ...active, sub: undefined }, 'no-subject'],
  [{ ...active, sub: '' }, 'no-subject'],
  [{ ...active, sub: 7 }, 'no-subject'],
  [{ ...active, sub: undefined, client_id: 'c' }, 'active'],
  [{ ...active, sub: '', client_id: 'c' }, 'no-subject'],
];
for (const [answer, outcome, more] of rows)
  test(`the answer ${JSON.stringify(answer)}: ${outcome}`, async () => {
    const said = await asking(() => Promise.resolve(Response.json(answer)), more)('token', now);
    assert.equal(said.outcome === 'refused' ? said.reason : said.outcome, outcome);
  });

test('what is active says who it is, and until when', async () => {
  const of = async (answer: object): Promise<unknown> => asking(() => Promise.resolve(Response.json(answer)))('t', now);
  assert.deepEqual(await of(active), { outcome: 'active', claims: active, expiresAt: now + 130_000 });
  const client_ = { ...active, sub: undefined, exp: undefined, client_id: 'c' };
  assert.deepEqual(await of(client_), {
    outcome: 'active',
    claims: { active: true, iss: 'i', aud: 'a', client_id: 'c' },
    expiresAt: Number.POSITIVE_INFINITY,
  });
});

test('the question is a form, from a client that says who it is', async () => {
  let sent: readonly [string, RequestInit] | undefined;
  const introspect = asking((address, init) => {
    sent = [address, init];
    return Promise.resolve(Response.json(active));
  });
  await introspect('a token&', now);
  const [address, { method, headers, body }] = sent ?? ['', {}];
  const { authorization, 'content-type': type } = headers as Record<string, string>;
  assert.deepEqual([address, method, type], [endpoint, 'POST', 'application/x-www-form-urlencoded']);
  assert.equal(body, 'token=a+token%26&token_type_hint=access_token');
  assert.equal(Buffer.from((authorization ?? '').slice(6), 'base64').toString(), 'api+client:p%40ss+word%2B%C3%A9');
});

test('what is under way is asked once, and 32 questions at a time', async () => {
  const pending: (() => void)[] = [];
  let asked = 0;
  const introspect = asking(async () => {
    asked += 1;
    await new Promise<void>((resolve) => pending.push(resolve));
    return Response.json(active);
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  const [first, again] = [introspect('same', now), introspect('same', now)];
  assert.equal(first, again);
  await settle();
  assert.equal(asked, 1);
  const others = Array.from({ length: 31 + 256 }, (_, at) => introspect(`t${at}`, now));
  await settle();
  assert.equal(asked, 32);
  assert.deepEqual(await introspect('one more', now), { outcome: 'busy' });
  pending.shift()?.();
  assert.equal((await first).outcome, 'active');
  await settle();
  assert.equal(asked, 33, 'who waited comes next');
  while (pending.length > 0) {
    pending.shift()?.();
    await settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const one of others) assert.equal((await one).outcome, 'active');
  assert.equal(asked, 32 + 256);
  const later = introspect('same', now);
  assert.notEqual(later, first, 'an answer is no memory');
  await settle();
  pending.shift()?.();
  await later;
});

test('an endpoint that is not found or does not answer', async () => {
  const away = asking(() => Promise.reject(new TypeError('fetch failed')));
  const said = await away('t', now);
  assert.ok(said.outcome === 'unavailable');
  assert.match(said.log, /^issuer i: introspection: /);
  const none = asking(
    () => Promise.reject(new Error('not asked')),
    {},
    () => Promise.reject(new ProviderError('wrong', 'no endpoint')),
  );
  assert.deepEqual(await none('t', now), { outcome: 'unavailable', log: 'issuer i: introspection: no endpoint' });
  const broken = asking(
    () => Promise.reject(new Error('x')),
    {},
    () => Promise.reject(new RangeError('a bug')),
  );
  await assert.rejects(broken('t', now), /a bug/);
});
