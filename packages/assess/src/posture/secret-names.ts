import { wordsOf } from './words.ts';

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Last words that name a secret whatever stands before them. */
const ALONE = set(
  'password passwords passwd passphrase passcode pwd secret secrets passwort kennwort motdepasse contrasena cvv cvc cvv2 cvc2 pin pincode',
);
/** Last words that name a secret where the word before says whose, or what it opens. */
const OF: Readonly<Record<string, ReadonlySet<string>>> = {
  token: set(
    `access refresh session auth authentication authorization bearer reset recovery verification activation
    invite invitation confirmation login signin magic api id jwt oauth oauth2 personal security impersonation remember csrf xsrf mfa otp`,
  ),
  key: set(
    'api secret private encryption decryption signing hmac auth authentication master cipher aes license session',
  ),
  seed: set('totp hotp otp mfa 2fa authenticator wallet recovery'),
  hash: set('password passwd pwd pin secret'),
  salt: set('password passwd pwd pin'),
  code: set('security recovery backup pin'),
  phrase: set('seed recovery pass mnemonic'),
};
/** The same, written as one word. */
const JOINED: ReadonlySet<string> = new Set([
  ...Object.entries(OF).flatMap(([last, before]) => [...before].map((word) => word + last)),
  'secretaccesskey',
  'accesskeysecret',
]);
/** First words that make a question or a wish of a name. */
const ASKS = set(
  'has is was are are needs need require requires required must should can may with without allow allows enable enables use uses show show hide force forces change forgot no num number count max min',
);
/** Words that say that it is no secret, or no longer one. */
const HARMLESS = set(
  'public masked redacted encrypted obfuscated partial hidden next previous prev page pagination continuation',
);

/**
 * Whether the words of a property's name say that its value lets somebody in, or opens what is locked: `apiKey`,
 * `session_token`, `newPassword`, `totpSeed`. Not what is said about such a value: `tokenType`, `passwordChangedAt`.
 */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined) return false;
  if ((words.length > 1 && ASKS.has(words[0] ?? '')) || words.some((word) => HARMLESS.has(word))) return false;
  if (ALONE.has(last)) return true;
  // Signing keys that are listed are those by which others check.
  const singular = last === 'keys' && words.at(-2) === 'signing' ? last : last.replace(/(?<=...)s$/, '');
  if (OF[singular]?.has(words.at(-2) ?? '') === true) return true;
  return [singular, words.slice(-2).join(''), words.join('')].some(
    (joined) => JOINED.has(joined) || JOINED.has(joined.replace(/codes$/, 'code')) || ALONE.has(joined),
  );
}
