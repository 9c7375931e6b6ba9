// What is good for one request is good for one, however the scheme is configured: tokens of one use, and proofs of possession.
// promise: bound-tokens
import assert from 'node:assert/strict';
import { hash, randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { ReplayMemory, TokenConfiguration } from '../src/authenticate/token-configuration.ts';
import { listen } from './adapters/servers.ts';
import { send } from './client.ts';
import { authentication, guarded, identity } from './guarded.ts';

const path = '/v1/me';

/** The answer to each token is the token itself. */
async function provider(t: TestContext): Promise<string> {
  const server = await listen((request, response) => {
    let form = '';
    request.on('data', (chunk: Buffer) => (form += chunk.toString()));
    request.on('end', () => {
      const token = new URLSearchParams(form).get('token') ?? '';
      const [, payload = token] = token.split('.');
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ active: true, ...JSON.parse(Buffer.from(payload, 'base64url').toString()) }));
    });
  });
  t.after(() => server.close());
  return server.url;
}

const seconds = (): number => Math.floor(Date.now() / 1000);
const opaque = (claims: object): string =>
  Buffer.from(JSON.stringify({ sub: 'ada', aud: 'orders', ...claims })).toString('base64url');

for (const cache of [0, 60])
  for (const all of [false, true])
    test(`asked about: cache ${cache}, all ${all}`, async (t) => {
      const introspection = { endpoint: await provider(t), client: { id: 'api', secret: 'x' }, cache, all };
      const { issuer, audience, jwks } = authentication.token;
      const ask = async (more: Partial<TokenConfiguration>, tokens: readonly string[]): Promise<string[]> => {
        const configuration = { issuer, audience, jwks, introspection, ...more };
        const server = await guarded({ authentication: { token: configuration } });
        t.after(() => server.close());
        const seen: string[] = [];
        for (const token of tokens) {
          const { status } = await send(server.url, path, { token });
          seen.push(status === 401 ? String(server.events.at(-1)?.unmapped.castellan.refused?.reason) : String(status));
        }
        return seen;
      };
      const exp = seconds() + 600;
      const one = opaque({ jti: randomUUID(), exp, aud: audience });
      const signed = await identity.token({ jti: randomUUID() });
      const good = '200';
      const once = await ask({ once: true }, [one, one, signed, signed]);
      assert.deepEqual(once, [good, 'token-used-before', good, 'token-used-before']);
      assert.deepEqual(await ask({}, [one, one, signed, signed]), [good, good, good, good]);
      const nameless = [opaque({ exp, aud: audience }), opaque({ jti: 'x', aud: audience })];
      assert.deepEqual(await ask({ once: true }, nameless), ['claim-jti', 'claim-exp']);
      const iat = exp - 600;
      const lives = [{ iat, exp }, { iat: iat - 3601, exp }, { exp }, {}].map((times) =>
        opaque({ ...times, aud: audience }),
      );
      const tooLong = 'lives-too-long';
      assert.deepEqual(await ask({ maxLifetime: 3600 }, lives), [good, tooLong, tooLong, tooLong]);
      assert.deepEqual(await ask({}, lives), [good, good, good, good]);
    });

const pair = await generateKeyPair('ES256', { extractable: true });
const jwk = await exportJWK(pair.publicKey);
const bound = await identity.token({ cnf: { jkt: await calculateJwkThumbprint(jwk) } });

async function proven(url: string): Promise<Record<string, string>> {
  const ath = hash('sha256', bound, 'base64url');
  const dpop = await new SignJWT({ htm: 'GET', htu: url + path, jti: randomUUID(), ath })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setIssuedAt()
    .sign(pair.privateKey);
  return { authorization: `DPoP ${bound}`, dpop };
}

for (const [name, proof] of Object.entries({ 'nothing said': undefined, taken: {}, asked: { required: true } })) {
  const { token } = authentication;
  const configuration = { ...token, ...(proof === undefined ? {} : { proof }) };
  test(`a proof, ${name}: not a second time, nor after a reload`, async (t) => {
    const server = await guarded({ authentication: { token: configuration } });
    t.after(() => server.close());
    const reason = async (headers: Record<string, string>): Promise<string | undefined> => {
      await send(server.url, path, { headers });
      const refused = server.events.at(-1)?.unmapped.castellan.refused;
      return refused?.stage === 'authenticate' ? refused.reason : undefined;
    };
    const first = await proven(server.url);
    assert.equal(await reason(first), undefined);
    assert.equal(await reason(first), 'proof-used-before');
    await server.guard.reload();
    assert.equal(await reason(first), 'proof-used-before');
    assert.equal(await reason(await proven(server.url)), undefined);
  });
  test(`a proof, ${name}: kept where the entry says`, async (t) => {
    const used: string[] = [];
    const replay: ReplayMemory = { use: (key) => (used.push(key), 'fresh') };
    const server = await guarded({ authentication: { token: { ...configuration, replay } } });
    t.after(() => server.close());
    await send(server.url, path, { headers: await proven(server.url) });
    assert.equal(used.length, 1);
  });
}
