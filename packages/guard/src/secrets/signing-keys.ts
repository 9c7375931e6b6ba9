import { existsSync, readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { CastellanError } from '@castellan/contract';
import { openFileMessage, openToOthers, withLock, writePrivateFile } from './private-file.ts';

export interface SigningKeysOptions {
  /** Where the keys are kept, 0600; several instances share one file. Absent: only in this process. */
  readonly file?: string | undefined;
  /** Seconds for which a key signs. Default 7 days. */
  readonly interval?: number | undefined;
  /**
   * Seconds for which a key is published before it signs and after it stopped: longer than verifiers keep a key set and
   * tokens live. Default one hour.
   */
  readonly overlap?: number | undefined;
  /** Milliseconds since the epoch. For tests. */
  readonly clock?: (() => number) | undefined;
}

/** Keys that sign in Castellan's name and replace themselves. */
export interface SigningKeys {
  /** Signs claims as a JWT with `alg` ES256, `kid` and the given `typ`. */
  sign(claims: Readonly<Record<string, unknown>>, typ: string): Promise<string>;
  /** The public keys: those that sign, signed, and will sign next. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>;
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

/** One key, with the times between which it signs, milliseconds since the epoch. */
interface StoredKey {
  readonly jwk: JWK & { readonly kid: string };
  readonly from: number;
  readonly to: number;
}

/**
 * Opens the signing keys, or makes them.
 * @throws CastellanError `bad-signing-keys`, `cannot-write`
 */
export async function openSigningKeys(options: SigningKeysOptions = {}): Promise<SigningKeys> {
  const { file, clock = Date.now } = options;
  const interval = (options.interval ?? 7 * 86_400) * 1000;
  const overlap = (options.overlap ?? 3600) * 1000;
  if (!(interval > overlap && overlap > 0))
    throw new CastellanError({
      code: 'bad-option',
      message: 'the signing interval is not longer than the overlap',
      mend: 'give both in seconds, such as interval 604800 and overlap 3600',
    });
  const imported = new Map<string, Promise<CryptoKey>>();
  let keys: readonly StoredKey[] = [];
  let rotating: Promise<void> | undefined;

  // Each key begins where the last one ends, so that only the end counts, also after the clock was moved back.
  const due = (now: number): boolean => !keys.some((key) => key.to > now + overlap);

  const renew = async (): Promise<void> => {
    const now = clock();
    // Another instance may have been faster.
    if (file !== undefined && existsSync(file)) keys = readKeys(file);
    if (!due(now)) return;
    const last = Math.max(...keys.map((key) => key.to), 0);
    // The next key is published before it signs; the first one of all has nobody who knows older ones.
    const from = last > now ? last : now;
    const kept = keys.filter((key) => key.to + overlap > now);
    keys = [...kept, { jwk: await newKey(), from, to: from + interval }];
    if (file !== undefined) writePrivateFile(file, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
  };
  const ensure = (): Promise<void> | undefined => {
    if (!due(clock())) return rotating;
    rotating ??= (file === undefined ? renew() : withLock(file, renew)).finally(() => {
      rotating = undefined;
    });
    return rotating;
  };
  await ensure();

  return {
    async sign(claims, typ) {
      const now = clock();
      if (due(now)) await ensure();
      // Where the clock was moved back, the first key to come is published already and good.
      const key = keys.find((one) => one.from <= now && one.to > now) ?? keys.find((one) => one.to > now);
      if (key === undefined) throw new Error('no signing key is in force');
      const { kid } = key.jwk;
      let secret = imported.get(kid);
      if (secret === undefined) imported.set(kid, (secret = importJWK(key.jwk, 'ES256') as Promise<CryptoKey>));
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid, typ }).sign(await secret);
    },
    async jwks() {
      await ensure();
      const now = clock();
      return { keys: keys.filter((key) => key.to + overlap > now).map(({ jwk }) => publicPart(jwk)) };
    },
    get notices() {
      return file !== undefined && openToOthers(file)
        ? [{ code: 'open-secret-file', message: openFileMessage(file) }]
        : [];
    },
  };
}

/** The public keys of a file, without changing it. @throws CastellanError `bad-signing-keys` */
export function publishedKeys(file: string): { readonly keys: readonly JWK[] } {
  return { keys: readKeys(file).map(({ jwk }) => publicPart(jwk)) };
}

function publicPart(jwk: JWK): JWK {
  const { d: _d, ...rest } = jwk as JWK & { d?: string };
  return { ...rest, alg: 'ES256', use: 'sig' } as JWK;
}

async function newKey(): Promise<JWK & { readonly kid: string }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: (await calculateJwkThumbprint(jwk)).slice(0, 16) } as JWK & { readonly kid: string };
}

function readKeys(file: string): readonly StoredKey[] {
  const bad = (message: string, cause?: unknown): CastellanError =>
    new CastellanError({
      code: 'bad-signing-keys',
      message,
      place: { file },
      mend: 'restore it, or delete it: new keys are made, and verifiers fetch them',
      cause,
    });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw bad('the signing keys cannot be read', cause);
  }
  const { version, keys } = (content ?? {}) as { version?: unknown; keys?: unknown };
  if (version !== 1 || !Array.isArray(keys)) throw bad('this is no file of signing keys');
  for (const key of keys as Partial<StoredKey>[]) {
    if (typeof key?.jwk?.kid !== 'string' || typeof key.from !== 'number' || typeof key.to !== 'number')
      throw bad('a signing key has no kid or times');
  }
  return keys as readonly StoredKey[];
}
