/**
 * The words of a name, lower-cased and without marks over letters: `billingEMail_address` is billing, e, mail, address,
 * `contraseñaNueva` is contrasena, nueva, `GrößeÄndern` is groesse, aendern.
 */
export function wordsOf(name: string): readonly string[] {
  let words = known.get(name);
  if (words === undefined) {
    words = unmarked(name)
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== '');
    if (known.size < 100_000) known.set(name, words);
  }
  return words;
}

const known = new Map<string, readonly string[]>();

/** Letters without their marks; German umlauts as they are written on keyboards without them. */
function unmarked(name: string): string {
  if (!/[^\0-\u007f]/.test(name)) return name;
  return name
    .normalize('NFC')
    .replaceAll(/[äöüÄÖÜß]/g, (letter) => UMLAUTS.get(letter) ?? letter)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '');
}

const UMLAUTS: ReadonlyMap<string, string> = new Map([
  ['ä', 'ae'],
  ['ö', 'oe'],
  ['ü', 'ue'],
  ['Ä', 'Ae'],
  ['Ö', 'Oe'],
  ['Ü', 'Ue'],
  ['ß', 'ss'],
]);

/** The words run together: `e-Mail` is `email`. */
export function plain(name: string): string {
  let joined = joinedWords.get(name);
  if (joined === undefined) {
    joined = wordsOf(name).join('');
    if (joinedWords.size < 100_000) joinedWords.set(name, joined);
  }
  return joined;
}

const joinedWords = new Map<string, string>();

/** The segments of a path template without its parameters: `/users/{id}/e-mails` is users, e-mails. */
export function segmentsOf(path: string): readonly string[] {
  let segments = knownSegments.get(path);
  if (segments === undefined) {
    segments = path
      .split('/')
      .filter((segment) => segment !== '' && !segment.includes('{'))
      .map(decoded);
    if (knownSegments.size < 10_000) knownSegments.set(path, segments);
  }
  return segments;
}

const knownSegments = new Map<string, readonly string[]>();

/** `/passwort-zur%C3%BCcksetzen` as it is read; as it is written where that is no text. */
export function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A path template without the slash at its end: `/users/{id}/` says what `/users/{id}` says. */
export function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Whether a path template ends in a parameter: it names one object, not a collection or an action. */
export function endsInParameter(path: string): boolean {
  return withoutSlash(path).endsWith('}');
}
