import type { Operation } from '@castellan/contract';
import { segmentsOf, wordsOf } from './words.ts';

/** The words of an operation's path and id: what it is for, as far as names tell. */
function words(operation: Operation): ReadonlySet<string> {
  let found = known.get(operation);
  if (found === undefined) {
    found = new Set([
      ...segmentsOf(operation.path).flatMap(wordsOf),
      ...(operation.operationIdDeclared ? wordsOf(operation.operationId) : []),
    ]);
    known.set(operation, found);
  }
  return found;
}

const known = new WeakMap<Operation, ReadonlySet<string>>();

function any(operation: Operation, list: ReadonlySet<string>): boolean {
  for (const word of words(operation)) if (list.has(word)) return true;
  return false;
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const HEALTH = set(
  'health healthz healthcheck ready readyz readiness live livez liveness ping status version zen robots favicon wellknown',
);
const LOGIN = set('login logins signin authenticate logon anmelden connexion iniciarsesion');
const TOKEN = set('token tokens oauth oauth2 jwks jwk session sessions');
const REGISTER = set(
  'register signup sign-up registration registrations registeruser userregistration enroll registrieren inscription',
);
const RECOVER = set('forgot reset recover recovery resend otp mfa 2fa passcode');

/** Remembers what is said of each operation: several rules ask, some once per field. */
function remembered(tell: (operation: Operation) => boolean): (operation: Operation) => boolean {
  const told = new WeakMap<Operation, boolean>();
  return (operation) => {
    let answer = told.get(operation);
    if (answer === undefined) told.set(operation, (answer = tell(operation)));
    return answer;
  };
}

/** Whether it only tells that the service is up, or what it is. */
export function isHealth(operation: Operation): boolean {
  const last = segmentsOf(operation.path).at(-1);
  return (
    last === undefined ||
    ((last.startsWith('.') || any(operation, HEALTH)) && operation.method === 'GET' && !operation.path.includes('{'))
  );
}

/** Whether it takes a credential in exchange for a session or token, by its last path segment. */
export const isLogin = remembered((operation) => {
  const segments = segmentsOf(operation.path);
  const last = wordsOf(segments.at(-1) ?? '');
  const joined = last.join('');
  if (operation.method !== 'POST' || operation.path.endsWith('}')) return false;
  // A token endpoint: /token, /oauth/token, /auth/tokens; not a token of some object.
  const token =
    (joined === 'token' || joined === 'tokens') &&
    !operation.path.includes('{') &&
    (segments.length === 1 || /auth|oidc|openid|connect|login|session/i.test(segments.at(-2) ?? ''));
  return (
    token || LOGIN.has(joined) || last.some((word) => LOGIN.has(word)) || joined === 'signin' || joined === 'logon'
  );
});

/** Whether it opens an account. */
export function isRegistration(operation: Operation): boolean {
  const last = wordsOf(segmentsOf(operation.path).at(-1) ?? '').join('');
  return operation.method === 'POST' && !operation.path.endsWith('}') && REGISTER.has(last);
}

/** Whether it is about getting back in: forgotten passwords, one-time codes. */
export function isRecovery(operation: Operation): boolean {
  const segments = segmentsOf(operation.path).flatMap(wordsOf);
  const about = segments.some(
    (word) =>
      word === 'password' ||
      word === 'passwd' ||
      word === 'otp' ||
      word === 'mfa' ||
      word === '2fa' ||
      word === 'passcode' ||
      word === 'account',
  );
  return operation.method !== 'GET' && about && any(operation, RECOVER);
}

const PROVE = set(
  'verify verification confirm confirmation activate activation refresh callback challenge begin finish',
);
const OF_PEOPLE = set(
  'auth authentication account email password passwordless magic phone sso saml oidc webauthn passkey passkeys',
);
const WAYS_IN = set('magic passwordless sso saml oidc webauthn passkey passkeys');

/** Whether somebody proves who they are by what was sent to them, by a key, or by another service: not below an object. */
function isProof(operation: Operation): boolean {
  if (operation.path.includes('{') || (operation.method !== 'POST' && operation.method !== 'GET')) return false;
  const of = segmentsOf(operation.path).flatMap(wordsOf);
  return (
    of.some((word) => WAYS_IN.has(word)) ||
    (of.some((word) => OF_PEOPLE.has(word)) && wordsOf(lastSegment(operation)).some((word) => PROVE.has(word)))
  );
}

/** Whether callers have no credential yet when they call it: login, registration, recovery, tokens, key sets. */
export function isBeforeLogin(operation: Operation): boolean {
  return (
    isLogin(operation) ||
    isRegistration(operation) ||
    isRecovery(operation) ||
    isProof(operation) ||
    any(operation, TOKEN) ||
    any(operation, LOGIN) ||
    any(operation, REGISTER)
  );
}

/** Whether a third party calls it with events: what a payment provider tells a shop. */
export function isInboundWebhook(operation: Operation): boolean {
  if (operation.method !== 'POST') return false;
  // One segment or two with the sender's name, no object of the API's own: /webhooks/stripe, /callbacks/psp.
  const segments = operation.path.split('/').filter((segment) => segment !== '');
  const at = segments.findIndex((segment) => /^(?:web-?hooks?|callbacks?|hooks?|notifications?|ipn)$/i.test(segment));
  if (at === -1 || segments.slice(0, at).some((segment) => segment.includes('{'))) return false;
  const rest = segments.slice(at + 1);
  return (
    rest.length === 1 &&
    !rest.some((segment) => segment.includes('{')) &&
    !/^(?:test|tests|search|subscriptions?|events?|read|send|settings)$/i.test(rest[0] ?? '')
  );
}

/** Whether its path or tags say that it is for administrators. */
export function isAdmin(operation: Operation): boolean {
  return segmentsOf(operation.path).some((segment) =>
    /^(?:admin|admins|administration|administrator|sysadmin|superuser|root|backoffice|back-office|staff|management)$/i.test(
      segment,
    ),
  );
}

/** Whether its path says that it is for those who run the service. */
export function isInternal(operation: Operation): boolean {
  return segmentsOf(operation.path).some((segment) =>
    /^_?(?:internal|debug|actuator|private|test-only|pprof|heapdump|threaddump|jolokia|trace|phpinfo|server-status|h2-console|dev-tools|devtools|env)$/i.test(
      segment,
    ),
  );
}

/** Verbs of operations that are called by POST and only read, or act on what an argument names. */
const ARGUMENT_VERBS = set(
  'get fetch find search query lookup retrieve list filter browse autocomplete suggest count delete remove destroy erase',
);

/**
 * Whether the body of an operation says what is meant, and nothing of it is stored: DELETE, and methods of another
 * protocol that are written as POST (`POST /user/items/get`, `POST /users:search`, `POST /getItems`). Where an answer says
 * that something was created, it is stored.
 */
export const takesArguments = remembered((operation) => {
  if (operation.method === 'DELETE' || operation.method === 'QUERY') return true;
  if (operation.method !== 'POST' || operation.responses.some(({ status }) => status === '201')) return false;
  const segment = operation.path.split('/').at(-1) ?? '';
  const last = segment.includes('}') ? segment.slice(segment.lastIndexOf('}') + 1) : segment;
  const of = wordsOf(last);
  const [first = ''] = of;
  // `todo-list` is a list that is made; `users.list` and `users:list` are calls.
  const called = wordsOf(/[.:]([^.:]*)$/.exec(last)?.[1] ?? '')[0] ?? '';
  const declared = operation.operationIdDeclared ? (wordsOf(operation.operationId)[0] ?? '') : '';
  return ARGUMENT_VERBS.has(first) || ARGUMENT_VERBS.has(called) || ARGUMENT_VERBS.has(declared);
});

/** The last path segment that is no parameter. */
export function lastSegment(operation: Operation): string {
  return segmentsOf(operation.path).at(-1) ?? '';
}

/** Path parameters that name no object: versions, languages, formats, days. */
const NO_OBJECT =
  /^(?:api)?(?:version|ver|v|lang|language|locale|culture|format|ext|extension|region|zone|env|environment|stage|date|day|month|year|from|to|page|offset|limit|currency|base_?path)$/i;

/**
 * Whether a path parameter names an object: the operation acts on it, or on what belongs to it
 * (`/vehicles/{vehicleId}/location`).
 */
export const isOnObject = remembered((operation) =>
  operation.parameters.some((parameter) => {
    if (parameter.in !== 'path' || NO_OBJECT.test(parameter.name)) return false;
    const raw = parameter.schema?.raw;
    if (typeof raw !== 'object') return true;
    return !Array.isArray(raw['enum']) && !('const' in raw) && raw['type'] !== 'boolean' && raw['format'] !== 'date';
  }),
);
