// Wycheproof's JSON Web Signature, Key and Crypto vectors against the code that verifies tokens.
// The files are read from ../shared/conformance/jose; see docs/decisions/030-jose.md for the disagreements.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JSONWebKeySet, JWK } from 'jose';
import { decryptToken } from '../../packages/guard/src/authenticate/decrypt.ts';
import { verifySignature } from '../../packages/guard/src/authenticate/signature.ts';
import { readVerificationKeys } from '../../packages/guard/src/authenticate/verification-keys.ts';
import { pinnedAlgorithms } from '../../packages/guard/src/authenticate/verification-key.ts';

const folder = join(fileURLToPath(import.meta.url), '..', '..', '..', '..', 'shared', 'conformance', 'jose');

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly jws?: unknown;
  readonly jwe?: unknown;
  readonly result: 'valid' | 'invalid';
}

interface Group {
  readonly comment: string;
  readonly public?: JWK | JSONWebKeySet;
  readonly private: JWK | JSONWebKeySet;
  readonly tests: readonly Vector[];
}

/**
 * Vectors that this verifier answers otherwise, on purpose. Each is either in contradiction with another vector or asks
 * to accept what RFC 7515 or RFC 8725 says must be refused.
 */
const disagreements: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  json_web_signature_test: {
    346: 'the token says PS384, the key says PS256: a key has one algorithm (RFC 8725 section 3.1)',
    350: 'the token says PS384, the key says PS256: a key has one algorithm (RFC 8725 section 3.1)',
    367: 'byte for byte the same token as vector 357, which is valid (C2SP/wycheproof issue 236)',
    370: 'byte for byte the same token as vector 357, which is valid (C2SP/wycheproof issue 236)',
    372: "'?' in the header, and the MAC is that of another text: not base64url (RFC 7515 section 5.2)",
    373: "'?' in the payload, and the MAC is that of another text: not base64url (RFC 7515 section 5.2)",
  },
};

describe(
  'Wycheproof JOSE vectors',
  { skip: existsSync(folder) ? false : '../shared/conformance/jose is not here' },
  () => {
    for (const [name, count] of [
      ['json_web_signature_test', 401],
      ['json_web_key_test', 26],
      ['json_web_crypto_test', 83],
    ] as const) {
      test(`${name}: ${count} vectors`, async (context) => {
        const { testGroups } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as {
          testGroups: Group[];
        };
        const expected = disagreements[name] ?? {};
        const found: Record<number, string> = {};
        let tried = 0;
        for (const group of testGroups) {
          for (const vector of group.tests) {
            tried += 1;
            const accepted = await accepts(group, vector);
            if (accepted !== (vector.result === 'valid'))
              found[vector.tcId] = expected[vector.tcId] ?? `${group.comment} ${vector.comment}: accepted ${accepted}`;
          }
        }
        assert.deepEqual(found, expected);
        assert.equal(tried, count);
        context.diagnostic(`${name}: ${tried - Object.keys(found).length} of ${tried} vectors agree`);
      });
    }
  },
);

async function accepts(group: Group, { jws, jwe }: Vector): Promise<boolean> {
  if (jwe !== undefined) return typeof jwe === 'string' && (await decrypts(group, jwe));
  if (typeof jws !== 'string') return false;
  const keys = await readVerificationKeys(keySet(group.public ?? group.private));
  if ('unusable' in keys) return false;
  const result = await verifySignature(jws, pinnedAlgorithms(keys.keys), (header) =>
    keys.find(header.kid, header.alg)?.import(header.alg),
  );
  return 'payload' in result;
}

async function decrypts(group: Group, jwe: string): Promise<boolean> {
  return (await decryptToken(jwe, keySet(group.private))) !== undefined;
}

function keySet(key: JWK | JSONWebKeySet): JSONWebKeySet {
  return 'keys' in key && Array.isArray(key.keys) ? (key as JSONWebKeySet) : { keys: [key as JWK] };
}
