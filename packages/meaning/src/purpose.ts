import {
  ACCOUNT,
  ADMINISTRATION,
  AUTHORIZATION,
  BEGINS,
  CODES,
  EXPORT,
  FLOWS,
  NOT_SIGN_IN,
  PARTS,
  PEOPLE,
  RECOVER,
  REGISTER,
  RIGHTS,
  SEARCH,
  SECRET_OF_PEOPLE,
  SESSIONS,
  SIGN_IN,
  TOKENS,
  UPLOAD,
} from './operation-words.ts';
import type { Vocabulary } from './vocabulary.ts';
import { decoded, plain, segmentsOf, withoutSlash, wordsOf } from './words.ts';

/** A business flow that hurts when it is automated or taken out of order (OWASP API6:2023). */
export type Flow = keyof typeof FLOWS;

/** What an operation is for. */
export const purposes = [
  'sign-in',
  'register',
  'recover',
  'administer',
  'payment',
  'purchase',
  'booking',
  'reward',
  'vote',
  'message',
  'upload',
  'export',
  'search',
] as const;
/**
 * - `sign-in`: takes a credential in exchange for a session or token
 * - `register`: opens an account
 * - `recover`: is about getting back in: forgotten passwords, one-time codes
 * - `administer`: for administrators by its path, or gives rights
 * - `payment` to `message`: begins a business flow
 * - `upload`, `export`, `search`: takes files, gives everything, looks for something
 */
export type OperationPurpose = (typeof purposes)[number];

/** What is read of an operation: its names, and what its request carries where names alone mislead. */
export interface OperationNames {
  /** Upper case. */
  readonly method: string;
  /** The template: `/users/{id}`. */
  readonly path: string;
  /** As the document declares it. */
  readonly operationId?: string | undefined;
  /** The request carries a password, code or token. */
  readonly secret?: boolean | undefined;
}

/** All that an operation is for, as far as names tell; empty where they tell nothing. */
export function purposesOf(operation: OperationNames): ReadonlySet<OperationPurpose> {
  const found = new Set<OperationPurpose>();
  if (signsIn(operation)) found.add('sign-in');
  if (registers(operation)) found.add('register');
  if (recovers(operation)) found.add('recover');
  if (isAdministrative(operation.path) || givesRights(operation)) found.add('administer');
  const flow = flowOf(operation);
  if (flow !== undefined) found.add(flow);
  if (uploads(operation)) found.add('upload');
  if (exports(operation)) found.add('export');
  if (searches(operation)) found.add('search');
  return found;
}

/** Whether it takes a credential in exchange for a session or token. */
export function signsIn(operation: OperationNames): boolean {
  const { method, secret = false } = operation;
  const path = withoutSlash(operation.path);
  if (path.endsWith('}') || (method !== 'POST' && !(method === 'GET' && secret) && !(method === 'PUT' && secret)))
    return false;
  const segments = segmentsOf(path);
  // What is called at an object of another protocol's kind: `accounts:signIn`.
  const last = wordsOf((segments.at(-1) ?? '').split(':').at(-1) ?? '');
  const joined = last.join('');
  const of = segments.slice(0, -1).flatMap(wordsOf);
  if (SIGN_IN.has(joined)) return true;
  if (
    startsOrEndsWith(last, (text) => SIGN_IN.has(text)) &&
    !NOT_SIGN_IN.hasAny(last) &&
    !NOT_SIGN_IN.has(of.at(-1) ?? '')
  )
    return true;
  // A token endpoint: /token, /oauth/token, /auth/tokens; not a token of some object.
  const previous = path.split('/').at(-2) ?? '';
  if (
    TOKENS.has(joined) &&
    !previous.includes('{') &&
    (segments.length === 1 || AUTHORIZATION.hasAny(wordsOf(previous)))
  )
    return !path.includes('{') || AUTHORIZATION.hasAny(wordsOf(previous));
  return secret && SESSIONS.has(last.at(-1) ?? '') && last.length < 3 && !path.includes('{');
}

/** Whether one word or several together, at the beginning or the end, are what is looked for. */
function startsOrEndsWith(words: readonly string[], is: (joined: string) => boolean): boolean {
  for (let length = 1; length < words.length && length < 4; length++)
    if (is(words.slice(0, length).join('')) || is(words.slice(-length).join(''))) return true;
  return false;
}

/** Words that are of accounts whatever stands above them. */
const OF_ACCOUNTS = /^signup$|account|konto|compte|cuenta|conta$/;

/** Whether it opens an account. */
export function registers({ method, path: template }: OperationNames): boolean {
  const path = withoutSlash(template);
  if ((method !== 'POST' && method !== 'PUT') || path.endsWith('}')) return false;
  const raw = path.split('/').filter((segment) => segment !== '');
  const last = wordsOf(raw.at(-1) ?? '');
  const above = raw.at(-2);
  // Whoever is registered is a person: not a device, a webhook or a place at an event.
  const people =
    above === undefined || (!above.includes('{') && (PEOPLE.hasAny(wordsOf(above)) || /^v\d/i.test(above)));
  const named = last.filter((word) => !PEOPLE.has(word)).join('');
  if (REGISTER.has(last.join(''))) return people || (OF_ACCOUNTS.test(last.join('')) && !path.includes('{'));
  return (
    last.length > 1 &&
    last.length < 5 &&
    !path.includes('{') &&
    (REGISTER.has(named) ||
      (PEOPLE.hasAny(last) && startsOrEndsWith(last, (text) => REGISTER.has(text))) ||
      /^(?:sign-?up|signup)/i.test(raw.at(-1) ?? ''))
  );
}

/** Whether it is about getting back in: forgotten passwords, one-time codes. */
export function recovers({ method, path: template, operationId }: OperationNames): boolean {
  const path = withoutSlash(template);
  if (method === 'GET' || method === 'HEAD') return false;
  const segments = segmentsOf(path);
  const near = segments.slice(-3);
  const words = [...near.flatMap(wordsOf), ...(operationId === undefined ? [] : wordsOf(operationId))];
  const joined = near.map(plain);
  const inPath = near.flatMap(wordsOf);
  const secret =
    SECRET_OF_PEOPLE.hasAny(inPath) ||
    joined.some((segment) => /motdepasse|mdp|palavrapasse|onetimepassword/.test(segment));
  if (secret && RECOVER.hasAny(words)) return true;
  if (joined.some((segment) => areTogether(segment, RECOVER, SECRET_OF_PEOPLE))) return true;
  if (CODES.hasAny(inPath) || joined.some((segment) => CODES.has(segment)))
    return method === 'POST' && !path.endsWith('}');
  return ACCOUNT.hasAny(inPath) && !path.includes('{') && words.some((word) => RECOVER.has(word) && word !== 'reset');
}

/** Whether two words are run together, in either order: `forgotpassword`, `passwordreset`. */
function areTogether(joined: string, some: Vocabulary, others: Vocabulary): boolean {
  for (let at = 3; at <= joined.length - 3; at++) {
    const [start, end] = [joined.slice(0, at), joined.slice(at)];
    if ((some.has(start) && others.has(end)) || (others.has(start) && some.has(end))) return true;
  }
  return false;
}

/** Whether its path says that it is for administrators. */
export function isAdministrative(path: string): boolean {
  return segmentsOf(path).some((segment) => ADMINISTRATION.has(plain(segment)));
}

/** Whether it gives or takes rights: `PUT /users/{id}/role`, `POST /roles/{id}/permissions`. */
function givesRights({ method, path: template }: OperationNames): boolean {
  const path = withoutSlash(template);
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  const segments = segmentsOf(path);
  const last = segments.at(-1) ?? '';
  const words = wordsOf(last);
  return (
    RIGHTS.has(plain(last)) ||
    segments.slice(-2).some((segment) => PARTS.has(plain(segment))) ||
    (words.length > 1 && words.length < 4 && RIGHTS.has(words.at(-1) ?? '')) ||
    (/^(?:assign|grant|revoke|make|promote|demote)$/.test(words[0] ?? '') &&
      (RIGHTS.hasAny(words) || ADMINISTRATION.hasAny(words))) ||
    (segments.length > 1 && RIGHTS.has(plain(segments.at(-2) ?? '')) && !path.endsWith('}') && PEOPLE.has(plain(last)))
  );
}

/** Whether it gives or takes the rights of one person: `PUT /users/{id}/role`, `DELETE /accounts/{id}/roles/{role}`. */
export function givesRightsToPerson({ method, path: template }: OperationNames): boolean {
  const path = withoutSlash(template);
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  const raw = path.split('/').filter((segment) => segment !== '');
  const at = raw.length - (path.endsWith('}') ? 2 : 1);
  // Who takes a grant back takes a consent back, and gives nothing.
  if (method === 'DELETE' && plain(decoded(raw[at] ?? '')) === 'grants') return false;
  return (
    RIGHTS.has(plain(decoded(raw[at] ?? ''))) &&
    (raw[at - 1] ?? '').startsWith('{') &&
    PEOPLE.has(plain(decoded(raw[at - 2] ?? '')))
  );
}

/**
 * The flow that an operation begins, by its last path segment: POST on the collection, or on an action of that name.
 * Changing one object is another matter.
 */
export function flowOf({ method, path: template }: OperationNames): Flow | undefined {
  const path = withoutSlash(template);
  if (method !== 'POST' || path.endsWith('}')) return undefined;
  const segments = segmentsOf(path);
  let words = wordsOf(segments.at(-1) ?? '');
  if (/[:.]/.test(segments.at(-1) ?? '')) words = words.slice(-1);
  while (words.length > 1 && BEGINS.has(words[0] ?? '')) words = words.slice(1);
  while (words.length > 1 && BEGINS.has(words.at(-1) ?? '')) words = words.slice(0, -1);
  // `orders/create` is what `create-order` is.
  if (words.length === 1 && BEGINS.has(words[0] ?? '') && !(path.split('/').at(-2) ?? '{').includes('{'))
    words = wordsOf(segments.at(-2) ?? '');
  const joined = words.join('');
  const before = segments.slice(0, -1).flatMap(wordsOf);
  for (const flow of Object.keys(FLOWS) as Flow[])
    if (FLOWS[flow].has(joined) || areTogether(joined, BEGINS, FLOWS[flow]))
      // What is reviewed there is code.
      return flow === 'vote' &&
        before.some((word) =>
          /^(?:pulls?|merge|commits?|reviewers?|changes?|requests?|approvals?|units?|audits?|access|lifecycle)$/.test(
            word,
          ),
        )
        ? undefined
        : flow;
  return undefined;
}

function lastWords(path: string): readonly string[] {
  const segment = path.split('/').at(-1) ?? '';
  const literal = segment.includes('}') ? segment.slice(segment.lastIndexOf('}') + 1) : segment;
  return wordsOf(decoded(literal));
}

function isCalled(path: string, list: { readonly has: (word: string) => boolean }): boolean {
  const words = lastWords(path);
  return list.has(words.join('')) || list.has(words[0] ?? '') || (words.length > 1 && list.has(words.at(-1) ?? ''));
}

/** Whether it takes files or data in bulk. */
function uploads({ method, path: template }: OperationNames): boolean {
  const path = withoutSlash(template);
  if (method !== 'POST' && method !== 'PUT') return false;
  return (
    isCalled(path, UPLOAD) || /\/(?:files?|images?|media|dateien|archivos|fichiers|arquivos)\/content$/i.test(path)
  );
}

/** Whether it gives everything, or a file, in one go. */
export function exports({ method, path: template }: OperationNames): boolean {
  const path = withoutSlash(template);
  if (method !== 'POST' && method !== 'GET') return false;
  const segments = segmentsOf(path);
  // A list of what may be downloaded is not the download.
  if (method === 'GET' && plain(segments.at(-1) ?? '') === 'downloads') return false;
  return (
    isCalled(path, EXPORT) ||
    (!path.endsWith('}') && !path.includes('{') && /^(?:export|dump|backup)$/.test(segments.at(-2) ?? ''))
  );
}

/** Whether it looks for something. */
export function searches({ method, path: template }: OperationNames): boolean {
  const path = withoutSlash(template);
  if (method !== 'GET' && method !== 'POST' && method !== 'QUERY') return false;
  const segments = segmentsOf(path);
  return (
    isCalled(path, SEARCH) || (segments.length > 1 && SEARCH.has(plain(segments.at(-2) ?? '')) && !path.endsWith('}'))
  );
}
