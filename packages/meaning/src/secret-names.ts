import { folded } from './vocabulary.ts';
import { plain, wordsOf } from './words.ts';

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Last words that name a secret whatever stands before them. */
const ALONE = set(
  `password passwords passwd passphrase passcode pwd secret secrets cvv cvc cvv2 cvc2 pin pincode
  passwort kennwort geheimnis zugriffstoken zugangstoken sitzungstoken sitzungsschluessel apischluessel geheimschluessel
  motdepasse mdp contrasena contrasenia senha palavrapasse wachtwoord haslo losenord salasana`,
);
/** Names of several words in German, French, Spanish and Portuguese, run together; also at the end of a longer name. */
const WHOLE: ReadonlySet<string> = new Set(
  `passwort kennwort zugriffstoken zugangstoken sitzungstoken apischluessel geheimerschluessel privaterschluessel einmalcode pruefziffer sicherheitscode wiederherstellungscode
  motdepasse jetonacces jetonacceso jetondacces jetonsession cleapi cledapi clesecrete cleprivee codesecurite codedesecurite
  contrasena claveacceso clavedeacceso claveapi clavesecreta claveprivada tokenacceso tokendeacceso codigoseguridad codigodeseguridad
  senha palavrapasse chaveapi chavesecreta chaveprivada tokenacesso tokendeacesso codigoseguranca codigodeseguranca
  haslo losenord salasana wachtwoord`
    .split(/\s+/)
    .map(folded),
);
/** Names that are a secret where nothing else is said: elsewhere a key, or an order. */
const BARE: ReadonlySet<string> = new Set(['clave', 'parola', 'jwt', 'apikey', 'otpcode', 'totp'].map(folded));
/** Last words that name a secret where the word before says whose, or what it opens. */
const OF: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries<ReadonlySet<string>>({
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
  }),
);
/** The same, written as one word. */
const JOINED: ReadonlySet<string> = new Set([
  ...[...OF].flatMap(([last, before]) => [...before].map((word) => word + last)),
  'secretaccesskey',
  'accesskeysecret',
]);
/** Words that stand behind what they describe, in Spanish, French and Portuguese: `contraseñaNueva`. */
const AFTER = set('nueva nuevo actual anterior nouveau nouvelle ancien ancienne nova novo antiga atual');
/** First words that make a question or a wish of a name. */
const ASKS = set(
  'has is was are are needs need require requires required must should can may with without allow allows enable enables use uses show show hide force forces change forgot no num number count max min',
);
/** Words that say that it is no secret, or no longer one. */
const HARMLESS = set(
  'public masked redacted encrypted obfuscated partial hidden next previous prev page pagination continuation oeffentlich publique publica scanning',
);

/**
 * Whether the words of a property's name say that its value lets somebody in, or opens what is locked: `apiKey`,
 * `session_token`, `newPassword`, `totpSeed`. Not what is said about such a value: `tokenType`, `passwordChangedAt`.
 */
export function isSecretName(name: string): boolean {
  const written = wordsOf(name);
  const words = written.length > 1 && AFTER.has(written.at(-1) ?? '') ? written.slice(0, -1) : written;
  const last = words.at(-1);
  if (last === undefined) return false;
  if (
    (words.length > 1 && (ASKS.has(words[0] ?? '') || words.includes('has'))) ||
    words.some((word) => HARMLESS.has(word))
  )
    return false;
  if (ALONE.has(last)) return true;
  // Signing keys that are listed are those by which others check.
  const singular = last === 'keys' && words.at(-2) === 'signing' ? last : last.replace(/(?<=...)s$/, '');
  if (OF.get(singular)?.has(words.at(-2) ?? '') === true) return true;
  const joined = words.map(folded).join('');
  if (BARE.has(joined)) return true;
  for (let length = 1; length <= Math.min(4, words.length); length++)
    if (WHOLE.has(words.slice(-length).map(folded).join(''))) return true;
  return [singular, words.slice(-2).join(''), words.join('')].some(
    (joined) => JOINED.has(joined) || JOINED.has(joined.replace(/codes$/, 'code')) || ALONE.has(joined),
  );
}

/** Passwords, and words before them that say whose. */
const PASSWORD =
  /^(?:new|user|initial|login|admin|account|neues|nuevo|nueva|nouveau|nova|novo)?(?:password|passwd|pwd|passphrase|passwort|kennwort|motdepasse|mdp|contrasena|senha|palavrapasse|wachtwoord|salasana|losenord|haslo)(?:nueva|nova)?$/;

/** Whether a name is a password itself: not what is said about one. */
export function isPasswordName(name: string): boolean {
  return PASSWORD.test(plain(name));
}
