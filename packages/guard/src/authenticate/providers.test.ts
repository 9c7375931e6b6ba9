// What identity providers publish: where it is looked for, what of it is taken, how long it serves. `fetch` and the clock come in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIssuer } from '../../test/tokens.ts';
import { discover } from './discovery.ts';
import { KeysUnavailable } from './key-source.ts';
import { fetchJson, ProviderError, startError, type Fetch } from './provider-fetch.ts';
import { PublishedKeys } from './published-keys.ts';

type Answer = Response | Error;

/** A network of addresses; what is not in it is 404. Notes what was asked for. */
function network(answers: Readonly<Record<string, () => Answer>>): { fetch: Fetch; asked: string[] } {
  const asked: string[] = [];
  const fetch = (address: string): Promise<Response> => {
    asked.push(address);
    const answer = answers[address]?.() ?? new Response('', { status: 404 });
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { fetch: fetch as Fetch, asked };
}
const json =
  (value: unknown, status = 200) =>
  (): Answer =>
    new Response(JSON.stringify(value), { status });
const refused = new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) });
const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'taken',
    (error: unknown) => (error instanceof ProviderError ? `${error.kind}: ${error.message}` : String(error)),
  );

test('what a provider answers is taken, wrong, or away', async () => {
  const address = 'https://login.example.com/x';
  const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
  const rows: readonly (readonly [answer: () => Answer, expected: RegExp])[] = [
    [json({ a: 1 }), /^taken$/],
    [json([1]), /^wrong: .* does not answer a JSON object$/],
    [json(null), /^wrong: .* does not answer a JSON object$/],
    [json('a'), /^wrong: .* does not answer a JSON object$/],
    [() => new Response('{'), /^wrong: .* does not answer JSON$/],
    [() => new Response(null), /^wrong: .* does not answer JSON$/],
    [() => new Response('a'.repeat(512 * 1024 + 1)), /^wrong: .* answers more than 524288 bytes$/],
    [() => new Response(`"${'a'.repeat(512 * 1024 - 2)}"`), /^wrong: .* does not answer a JSON object$/],
    [json({}, 400), /^wrong: .* answers 400$/],
    [json({}, 404), /^wrong: .* answers 404$/],
    [json({}, 429), /^unreachable: .* answers 429$/],
    [json({}, 499), /^wrong: .* answers 499$/],
    [json({}, 500), /^unreachable: .* answers 500$/],
    [json({}, 503), /^unreachable: .* answers 503$/],
    [() => refused, /^unreachable: .* cannot be reached \(ECONNREFUSED\)$/],
    [() => late, /^unreachable: .* cannot be reached \(no answer within 5 s\)$/],
    [() => new Error('odd'), /^unreachable: .* cannot be reached \(odd\)$/],
  ];
  for (const [answer, expected] of rows)
    assert.match(await kindOf(fetchJson(network({ [address]: answer }).fetch, address)), expected);
  assert.equal(startError('s', new ProviderError('unreachable', 'x')).code, 'provider-unreachable');
  assert.equal(startError('s', new ProviderError('wrong', 'x')).code, 'provider-unusable');
});

test('metadata is looked for where it may be, in this order, and speaks for its issuer only', async () => {
  const issuer = 'https://login.example.com/tenant';
  const openid = 'https://login.example.com/tenant/.well-known/openid-configuration';
  const oauth = 'https://login.example.com/.well-known/oauth-authorization-server/tenant';
  const given = 'https://docs.example.com/metadata';
  const good = { issuer, jwks_uri: 'https://login.example.com/keys' };
  const of = async (answers: Readonly<Record<string, () => Answer>>, where?: string, name = issuer) => {
    const { fetch, asked } = network(answers);
    return { outcome: await kindOf(discover(name, where, fetch)), asked };
  };
  assert.deepEqual(await of({ [openid]: json(good) }), { outcome: 'taken', asked: [openid] });
  assert.deepEqual(await of({ [oauth]: json(good) }), { outcome: 'taken', asked: [openid, oauth] });
  assert.deepEqual(await of({ [given]: json(good) }, given), { outcome: 'taken', asked: [given] });
  assert.deepEqual((await of({ [oauth]: json(good) }, given)).asked, [given, openid, oauth]);
  for (const none of ['', 'no address']) assert.deepEqual((await of({ [openid]: json(good) }, none)).asked, [openid]);
  assert.deepEqual((await of({}, openid)).asked, [openid, oauth], 'no address twice');
  // Away is not wrong: nothing else is asked, and it is told as away.
  const away = await of({ [openid]: () => refused, [oauth]: json(good) });
  assert.match(away.outcome, /^unreachable/);
  assert.deepEqual(away.asked, [openid]);
  assert.match((await of({ [oauth]: () => refused })).outcome, /^unreachable/);
  assert.match((await of({})).outcome, /^wrong: .*openid-configuration answers 404$/, 'the first failure is told');
  for (const [metadata, expected] of [
    [{ ...good, issuer: 'https://evil.example.com' }, /^wrong: .* names issuer 'https:\/\/evil/],
    [{ jwks_uri: good.jwks_uri }, /^wrong: .* names issuer none/],
    [{ ...good, jwks_uri: 'http://login.example.com/keys' }, /^wrong: .* a jwks_uri without https/],
    [{ ...good, jwks_uri: 'file:///etc/passwd' }, /^wrong: .* a jwks_uri that is no http\(s\) address/],
    [{ ...good, jwks_uri: 1 }, /^wrong: .* a jwks_uri that is no http\(s\) address/],
    [{ ...good, introspection_endpoint: 'x' }, /^wrong: .* a introspection_endpoint that is no http\(s\) address/],
  ] as const)
    assert.match((await of({ [openid]: json(metadata), [oauth]: json(good) })).outcome, expected);
  const plain = 'http://localhost:1';
  const local = { issuer: plain, jwks_uri: 'http://localhost:1/keys' };
  assert.equal(
    (await of({ [`${plain}/.well-known/openid-configuration`]: json(local) }, undefined, plain)).outcome,
    'taken',
  );
  assert.match((await of({}, undefined, 'no issuer')).outcome, /^wrong: the issuer 'no issuer' is no address/);
});

test('published keys serve for their time, and a failure is told and mended', async () => {
  const [first, second] = [await createIssuer(), await createIssuer()];
  const address = 'https://login.example.com/keys';
  let answer: () => Answer = json(first.jwks);
  const { fetch, asked } = network({ [address]: () => answer() });
  const keys = new PublishedKeys({
    issuer: 'https://login.example.com',
    locate: () => Promise.resolve(address),
    fetch,
    refresh: 600,
    outage: 3600,
  });
  const header = { alg: 'ES256', kid: 'k1', typ: undefined } as never;
  const at = (seconds: number): number => 1_000_000 + 1000 * seconds;
  const reasonAt = (now: number): Promise<string> =>
    keys.find(header, now).then(
      (key) => (key === undefined ? 'none' : 'found'),
      (error: unknown) => (error instanceof KeysUnavailable ? error.reason : String(error)),
    );
  // Nothing is trusted before it was fetched, and an attempt is not repeated at once.
  answer = () => refused;
  await assert.rejects(keys.start(at(0)), ProviderError);
  assert.equal(await reasonAt(at(1)), 'keys-out-of-reach');
  assert.equal(asked.length, 1);
  assert.match(keys.notices[0]?.message ?? '', /out of reach since 1970-01-01T00:16:40.000Z: there are no keys/);
  answer = json({ keys: 'none' });
  assert.equal(await reasonAt(at(5)), 'bad-key-set');
  assert.equal(asked.length, 2);
  answer = json({ keys: [{ kty: 'oct', k: 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0', alg: 'HS256' }] });
  assert.equal(await reasonAt(at(10)), 'bad-key-set');
  assert.match(
    keys.notices[0]?.message ?? '',
    /out of reach since 1970-01-01T00:16:40.000Z: .*key set/,
    'since the first failure',
  );
  answer = json(first.jwks);
  assert.equal(await reasonAt(at(15)), 'found');
  assert.equal(keys.notices.length, 0);
  assert.deepEqual([keys.refreshAt, keys.trustedUntil, keys.epoch], [at(615), at(3615), 0]);
  // Until they are to be fetched again nobody is asked; afterwards the old ones serve meanwhile.
  const before = asked.length;
  assert.equal(await reasonAt(at(614)), 'found');
  assert.equal(asked.length, before);
  answer = () => refused;
  assert.equal(await reasonAt(at(615)), 'found');
  assert.equal(asked.length, before + 1);
  await new Promise(setImmediate);
  assert.match(keys.notices[0]?.message ?? '', /the last keys serve until .* \(.*ECONNREFUSED\)/);
  assert.equal(await reasonAt(at(616)), 'found', 'a provider that is away is left alone for a while');
  assert.equal(asked.length, before + 1);
  assert.equal(await reasonAt(at(3614)), 'found');
  await new Promise(setImmediate);
  assert.equal(await reasonAt(at(3620)), 'keys-too-old');
  // A key that went makes what was remembered of it void; the same set again does not.
  answer = json(first.jwks);
  assert.equal(await reasonAt(at(3630)), 'found');
  assert.equal(keys.epoch, 0);
  answer = json(second.jwks);
  keys.refresh(at(3700));
  await new Promise(setImmediate);
  await keys.find(header, at(3701));
  assert.equal(keys.epoch, 1);
});
