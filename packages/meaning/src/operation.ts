import type { Operation } from '@castellan/contract';
import {
  ACTS,
  ARGUMENT_VERBS,
  HEALTH,
  INTERNAL,
  LOGIN_WORDS,
  OF_PEOPLE,
  PROVE,
  REGISTER,
  TOKEN_WORDS,
  WAYS_IN,
} from './operation-words.ts';
import { isAdministrative, recovers, registers, signsIn, type OperationNames } from './purpose.ts';
import type { Vocabulary } from './vocabulary.ts';
import { plain, segmentsOf, withoutSlash, wordsOf } from './words.ts';

/** What names an operation. */
type Named = Pick<Operation, 'method' | 'path' | 'operationId' | 'operationIdDeclared'>;

/** The words of an operation's path and id: what it is for, as far as names tell. */
function words(operation: Named): ReadonlySet<string> {
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

const known = new WeakMap<Named, ReadonlySet<string>>();

function any(operation: Named, list: Vocabulary): boolean {
  return list.hasAny(words(operation));
}

/** The names of an operation, as its purpose is read from. */
export function namesOf({ method, path, operationId, operationIdDeclared }: Operation): OperationNames {
  return { method, path, ...(operationIdDeclared ? { operationId } : {}) };
}

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
export function isHealth(operation: Named): boolean {
  const last = segmentsOf(operation.path).at(-1);
  return (
    last === undefined ||
    ((last.startsWith('.') || any(operation, HEALTH)) && operation.method === 'GET' && !operation.path.includes('{'))
  );
}

/** Whether it takes a credential in exchange for a session or token. */
export const isLogin = remembered((operation) => signsIn(namesOf(operation)));

/** Whether it opens an account. */
export const isRegistration = remembered((operation) => registers(namesOf(operation)));

/** Whether it is about getting back in: forgotten passwords, one-time codes. */
export const isRecovery = remembered((operation) => recovers(namesOf(operation)));

/** Whether somebody proves who they are by what was sent to them, by a key, or by another service: not below an object. */
function isProof(operation: Operation): boolean {
  if (operation.path.includes('{') || (operation.method !== 'POST' && operation.method !== 'GET')) return false;
  const of = segmentsOf(operation.path).flatMap(wordsOf);
  return WAYS_IN.hasAny(of) || (OF_PEOPLE.hasAny(of) && PROVE.hasAny(wordsOf(lastSegment(operation))));
}

/** Whether it takes the token that it ends: `POST /auth/revoke` (RFC 7009), `POST /session/logout`. */
function isGivenBack({ method, path }: Operation): boolean {
  const [before = '', last = ''] = segmentsOf(path).slice(-2);
  return (
    method === 'POST' &&
    /^(?:revoke|revocation|logout|signout|introspect|introspection|abmelden|deconnexion|cerrarsesion|sair)$/.test(
      plain(last),
    ) &&
    (TOKEN_WORDS.hasAny(wordsOf(before)) || OF_PEOPLE.hasAny(wordsOf(before)))
  );
}

/** Whether callers have no credential yet when they call it: login, registration, recovery, tokens, key sets. */
export function isBeforeLogin(operation: Operation): boolean {
  return (
    isLogin(operation) ||
    isRegistration(operation) ||
    isRecovery(operation) ||
    isProof(operation) ||
    isGivenBack(operation) ||
    any(operation, TOKEN_WORDS) ||
    any(operation, LOGIN_WORDS) ||
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
  // Notifications are mostly the API's own; a sender of them brings a body, and an action on them is no sender.
  if (/^notif/i.test(segments[at] ?? '') && (operation.body === undefined || ACTS.hasAny(wordsOf(rest[0] ?? ''))))
    return false;
  return (
    rest.length === 1 &&
    !rest.some((segment) => segment.includes('{')) &&
    !/^(?:test|tests|search|subscriptions?|events?|read|send|settings)$/i.test(rest[0] ?? '')
  );
}

/** Whether its path says that it is for administrators. */
export const isAdmin = remembered(({ path }) => isAdministrative(path));

/** Whether its path says that it is for those who run the service. */
export function isInternal(operation: Operation): boolean {
  // Below somebody's object it is theirs: `/accounts/{id}/env` holds the variables of a customer.
  const [own = ''] = operation.path.split('{');
  return segmentsOf(own).some((segment) => INTERNAL.has(plain(segment)));
}

/**
 * Whether the body of an operation says what is meant, and nothing of it is stored: DELETE, and methods of another
 * protocol that are written as POST (`POST /user/items/get`, `POST /users:search`, `POST /getItems`). Where an answer says
 * that something was created, it is stored.
 */
export const takesArguments = remembered((operation) => {
  if (operation.method === 'DELETE' || operation.method === 'QUERY') return true;
  if (operation.method !== 'POST' || operation.responses.some(({ status }) => status === '201')) return false;
  const segment = withoutSlash(operation.path).split('/').at(-1) ?? '';
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

/** Words beside `id` in names that follow a call, and name no object. */
const OF_A_CALL =
  /^(?:client|request|correlation|trace|span|session|device|app|application|api|tenant|idempotency|tracking)$/;

/**
 * Whether a query parameter names the one object that it acts on: `GET /orders/details?orderId=`, `DELETE /files?fileId=`,
 * `GET /invoice?id=`. Not one that narrows a list: it may be left out, or is called after something else.
 */
export const isOnAskedObject = remembered((operation) => {
  if (operation.path.includes('{')) return false;
  const near = segmentsOf(operation.path).slice(-2).flatMap(wordsOf);
  return operation.parameters.some(({ in: where, name, required }) => {
    if (where !== 'query' || (!required && operation.method === 'GET')) return false;
    const of = wordsOf(name);
    if (of.length > 3 || (of.at(-1) !== 'id' && of[0] !== 'id') || of.some((word) => OF_A_CALL.test(word)))
      return false;
    return of.every((word) => word === 'id' || near.some((other) => areOneWord(word, other)));
  });
});

/** Whether one is the other with an ending: order and orders, `rechnungs` and `rechnung`. */
function areOneWord(a: string, b: string): boolean {
  return (a.startsWith(b) || b.startsWith(a)) && Math.min(a.length, b.length) > 2 && Math.abs(a.length - b.length) < 3;
}

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
