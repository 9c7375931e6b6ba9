import { knownSecrets } from './known.ts';

/**
 * Parts of texts that were written to be replaced. Short ones count as words only: within a random text of 43 characters,
 * any four letters stand once in 26,000.
 */
const placeholder =
  /example|change[-_ ]?me|replace[-_ ]?me|placeholder|insert[-_ ]|x{8}|(?<![a-z0-9])(?:your[-_ ]|dummy|(?:todo|xxxx+)(?![a-z0-9]))/i;

/**
 * Estimates the entropy of a secret in bits, from above: the alphabet that it uses, less what repeats and runs. A
 * random text is estimated at about what it has; words and patterns are not recognised but for those in `knownSecrets`.
 */
export function entropyBits(secret: string): number {
  if (secret === '') return 0;
  const counts = new Map<string, number>();
  for (const character of secret) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...secret].length;
  let perCharacter = 0;
  for (const count of counts.values()) perCharacter -= (count / length) * Math.log2(count / length);
  // The observed distribution undervalues short random texts and the alphabet overvalues patterns: the observed one,
  // corrected for its size (Miller-Madow), never more than the alphabet allows.
  const corrected = perCharacter + (counts.size - 1) / (2 * length * Math.LN2);
  const alphabet = Math.log2(alphabetSize(secret));
  return Math.floor(Math.min(corrected, alphabet) * (length - runs(secret)));
}

function alphabetSize(text: string): number {
  if (/^[0-9]+$/.test(text)) return 10;
  if (/^[0-9a-f]+$/.test(text) || /^[0-9A-F]+$/.test(text)) return 16;
  let size = 0;
  if (/[a-z]/.test(text)) size += 26;
  if (/[A-Z]/.test(text)) size += 26;
  if (/[0-9]/.test(text)) size += 10;
  if (/[^A-Za-z0-9]/.test(text)) size += 30;
  return Math.max(2, size);
}

/** Characters that follow from the one before: `aaaa`, `1234`, `fedc`. */
function runs(text: string): number {
  let predictable = 0;
  for (let i = 2; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1);
    if (Math.abs(step) <= 1 && step === text.charCodeAt(i - 1) - text.charCodeAt(i - 2)) predictable += 1;
  }
  return predictable;
}

/** Whether a secret is a default, an example or a placeholder. */
export function isKnownSecret(secret: string | Uint8Array): boolean {
  const texts =
    typeof secret === 'string'
      ? [secret]
      : [Buffer.from(secret).toString('utf8'), Buffer.from(secret).toString('base64url')];
  return texts.some((text) => {
    const lower = text.trim().toLowerCase();
    return knownSecrets.has(lower) || placeholder.test(lower) || new Set(lower).size <= 2;
  });
}

/**
 * What is wrong with a secret, to complete "the secret …"; undefined where nothing is.
 * @param bits the least entropy
 */
export function secretProblem(secret: string, bits: number): string | undefined {
  if (isKnownSecret(secret)) return 'is a known default or example';
  const found = entropyBits(secret);
  return found < bits ? `can be guessed: about ${found} bits, where ${bits} are needed` : undefined;
}
