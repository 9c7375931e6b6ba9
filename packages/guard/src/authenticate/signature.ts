import { compactVerify, errors, type CryptoKey } from 'jose';
import { parseJson } from '@castellan/contract';
import { signatureAlgorithms } from './algorithms.ts';
import { verifyQuickly } from './quick-signature.ts';

/** The protected header of a signed token, read so that only one reading is possible. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly typ: string | undefined;
  readonly jwk?: unknown;
}

/** Why a token's signature does not hold; stable kebab case, for the log. */
type SignatureProblem =
  | 'malformed-token'
  | 'unsigned-token'
  | 'algorithm-not-allowed'
  | 'critical-extension'
  | 'unencoded-payload'
  | 'unknown-key'
  | 'bad-signature';

export type SignatureResult =
  | { readonly header: TokenHeader; readonly payload: Uint8Array }
  | { readonly problem: SignatureProblem };

/** Finds the key that a token must be signed with. The name comes from the token, the key and algorithm never do. */
export type FindKey = (header: TokenHeader) => CryptoKey | undefined | Promise<CryptoKey | undefined>;

const base64url = /^[A-Za-z0-9_-]*$/;
const headerLimits = { maxBytes: 4096, maxDepth: 4, maxNodes: 100 };

/**
 * Verifies the signature of a token in compact serialization (RFC 7515 section 5.2), with the rules of RFC 8725 on top:
 * one of the pinned algorithms, no `none`, no extension that nobody understands, one spelling. Keys that the header names or
 * carries (`jwk`, `jku`, `x5u`, `x5c`) are not looked at (section 3.10); providers write them into good tokens too.
 *
 * @param algorithms pinned by the scheme
 * @param embedded true only for proofs of possession, whose header carries the public key by definition (RFC 9449)
 */
export async function verifySignature(
  token: string,
  algorithms: readonly string[],
  find: FindKey,
  embedded = false,
): Promise<SignatureResult> {
  const parts = token.split('.', 4);
  const [first, second, third] = parts;
  if (parts.length !== 3 || first === undefined || second === undefined || third === undefined) return malformed;
  if (first === '' || !canonical(first) || !canonical(second) || !canonical(third)) return malformed;
  const header = readHeader(Buffer.from(first, 'base64url'), embedded);
  if ('problem' in header) return header;
  if (!algorithms.includes(header.alg)) return { problem: 'algorithm-not-allowed' };
  if (third === '') return { problem: 'unsigned-token' };
  const key = await find(header);
  if (key === undefined) return { problem: 'unknown-key' };
  const holds = verifyQuickly(header.alg, key, `${first}.${second}`, third);
  if (holds === true) return { header, payload: Buffer.from(second, 'base64url') };
  if (holds === false) return { problem: 'bad-signature' };
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [header.alg] });
    return { header, payload };
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return { problem: 'bad-signature' };
    if (error instanceof errors.JOSEError || error instanceof TypeError) return malformed;
    throw error;
  }
}

const malformed: SignatureResult = { problem: 'malformed-token' };

/** Base64url in the only spelling that its bytes have: other characters and set unused bits make a second token of one. */
function canonical(part: string): boolean {
  return base64url.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function readHeader(bytes: Uint8Array, embedded: boolean): TokenHeader | { readonly problem: SignatureProblem } {
  const parsed = parseJson(bytes, headerLimits);
  if ('issues' in parsed || typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value))
    return { problem: 'malformed-token' };
  const header = parsed.value as Record<string, unknown>;
  const { alg, kid, typ, crit, b64 } = header;
  if (typeof alg !== 'string') return { problem: 'malformed-token' };
  if (b64 !== undefined) return { problem: 'unencoded-payload' };
  if (crit !== undefined) return { problem: 'critical-extension' };
  if (!signatureAlgorithms.has(alg)) return { problem: 'algorithm-not-allowed' };
  if (kid !== undefined && typeof kid !== 'string') return { problem: 'malformed-token' };
  if (typ !== undefined && typeof typ !== 'string') return { problem: 'malformed-token' };
  return { alg, kid, typ, ...(embedded ? { jwk: header['jwk'] } : {}) };
}
