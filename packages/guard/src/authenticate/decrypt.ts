import { compactDecrypt, errors, importJWK, type JSONWebKeySet, type JWK } from 'jose';

/** Key management that a scheme may be pinned to. RSA1_5 is a padding oracle, password-based ones cost what the token says. */
const keyManagement: readonly string[] = [
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
  'RSA-OAEP-256',
  'RSA-OAEP',
  'A128KW',
  'A192KW',
  'A256KW',
  'A128GCMKW',
  'A192GCMKW',
  'A256GCMKW',
];
const contentEncryption = ['A256GCM', 'A192GCM', 'A128GCM', 'A256CBC-HS512', 'A192CBC-HS384', 'A128CBC-HS256'];

/** A compressed token unfolds to what its sender wants (RFC 8725 section 3.6 and JWE bombs): none is taken. */
const noCompression = { maxDecompressedLength: 0 };

/**
 * Decrypts a token in compact serialization (RFC 7516). Each key decrypts with the algorithm that it names, and only
 * with that; encryption is no signature, so what is inside must be verified as a token of its own.
 * @returns the text inside; undefined where no key fits or the token is not whole
 */
export async function decryptToken(token: string, jwks: JSONWebKeySet): Promise<string | undefined> {
  if (token.split('.', 6).length !== 5 || !/^[A-Za-z0-9_.-]+$/.test(token)) return undefined;
  try {
    const { plaintext } = await compactDecrypt(
      token,
      async (header) => {
        const key = jwks.keys.find((one) => decrypts(one, header.alg, header.kid));
        if (key === undefined) throw new errors.JOSENotSupported('no key fits');
        return importJWK(key, header.alg);
      },
      { keyManagementAlgorithms: [...keyManagement], contentEncryptionAlgorithms: contentEncryption, ...noCompression },
    );
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      return undefined;
    throw error;
  }
}

function decrypts(key: JWK, algorithm: string | undefined, kid: string | undefined): boolean {
  if (key.alg === undefined || key.alg !== algorithm) return false;
  if (key.use !== undefined && key.use !== 'enc') return false;
  return kid === undefined || key.kid === undefined || key.kid === kid;
}
