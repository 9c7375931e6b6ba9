import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { checkClaims, readClaims, usualSubject } from './claims.ts';
import { verifySignature } from './signature.ts';
import { readVerificationKeys } from './verification-keys.ts';

const { privateKey, publicKey } = await generateKeyPair('ES256');
const keys = await readVerificationKeys({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
assert.ok('find' in keys);
const token = await new SignJWT({ sub: 'ada', n: 1 }).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey);
const verify = (text: string) =>
  verifySignature(text, ['ES256'], (header) => keys.find(header.kid, header.alg)?.import(header.alg));

test('a token has one spelling: whatever is changed in it is refused, and nothing throws', async () => {
  assert.ok('payload' in (await verify(token)));
  const character = fc.constantFrom(...'ABZaz09-_=+/. \n%\0é');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(token.length),
      fc.nat(2),
      fc.string({ unit: character, maxLength: 3 }),
      async (at, cut, put) => {
        const changed = token.slice(0, at) + put + token.slice(at + cut);
        if (changed === token) return;
        assert.ok('problem' in (await verify(changed)), changed);
      },
    ),
    { seed: 7515, numRuns: 1500 },
  );
});

test('headers and claims of any JSON give an answer', async () => {
  const json = fc.json({ maxDepth: 3 });
  await fc.assert(
    fc.asyncProperty(json, async (text) => {
      const part = Buffer.from(text).toString('base64url');
      assert.ok('problem' in (await verify(`${part}.e30.AAAA`)));
    }),
    { seed: 7519, numRuns: 500 },
  );
  const issuerFits = (iss: unknown): boolean => iss === 'https://i';
  const rules = { issuerFits, audience: 'a', clockSkew: 30, required: [], subject: usualSubject };
  const claim = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.boolean(), fc.array(fc.string()), fc.object());
  fc.assert(
    fc.property(
      fc.record({ iss: claim, aud: claim, sub: claim, exp: claim, nbf: claim, iat: claim, jti: claim }),
      (value) => {
        const claims = readClaims(Buffer.from(JSON.stringify(value)));
        if (claims === undefined) return;
        const reason = checkClaims(claims, rules, 1.8e12);
        assert.equal(typeof reason?.reason, 'string');
      },
    ),
    { seed: 7519, numRuns: 2000 },
  );
});

test('claims: whole numbers beyond 2^53 keep their digits, duplicate names are refused', () => {
  assert.deepEqual(readClaims(Buffer.from('{"uid":9007199254740993}')), { uid: '9007199254740993' });
  assert.equal(readClaims(Buffer.from('{"sub":"ada","sub":"root"}')), undefined);
  assert.equal(readClaims(Buffer.from('[]')), undefined);
});
