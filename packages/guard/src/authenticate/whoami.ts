import { CastellanError, nearest, type Contract, type Operation, type SecurityScheme } from '@castellan/contract';
import type { Identity, SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { AskApi } from './ask-api.ts';
import type { Attempts } from './attempts.ts';
import { claimPath } from './claim-path.ts';
import { ClaimPresence } from './claim-presence.ts';
import { identityOf, readClaims, subjectOf, type ClaimPlaces } from './claims.ts';
import { Gate } from './gate.ts';
import { groupsOf, groupsRule } from './group-claims.ts';
import { Memory } from './memory.ts';
import { credentialReader } from './scheme-credential.ts';
import type { WhoamiConfiguration } from './scheme-configuration.ts';

interface Known {
  readonly expiresAt: number;
  readonly outcome: SchemeOutcome;
}

/** Questions under way at once, and waiting: a flood of made-up credentials must not reach the upstream. */
const limits = { running: 32, waiting: 256 };
/** Credentials that are cached as refused: none of them may push a good one out. */
const mostRefused = 10_000;
/** Seconds for which an answer holds. */
const usual = 10;

/**
 * Credentials that the upstream verifies, and whose holder an operation of the API names. One question at a time for each
 * credential; a good answer and a 401 hold for `cache` seconds; without an answer nobody is anybody.
 * @param passing reads the credential, and does not verify it
 * @param ask undefined where nobody can ask
 * @throws CastellanError `bad-authentication`
 */
export function whoamiVerifier(
  scheme: SecurityScheme,
  configuration: WhoamiConfiguration,
  contract: Contract,
  passing: SchemeVerifier,
  ask: AskApi | undefined,
  attempts: Attempts,
  basePath: string | undefined,
): SchemeVerifier {
  const where = `authentication.${scheme.name}`;
  const operation = operationOf(where, configuration.whoami, contract, scheme);
  if (ask === undefined)
    throw bad(
      `${where}.whoami is set, and nothing here asks an operation`,
      "add at: 'http://127.0.0.1:8000', the address of the API, or use the gateway",
    );
  const path = pathOf(operation, contract, basePath);
  const places = placesOf(configuration);
  const presence = new ClaimPresence(
    scheme.name,
    {
      groups: configuration.groups !== undefined,
      tenant: configuration.tenant !== undefined,
      optionalGroups: configuration.optionalGroups === true,
    },
    { groups: places.groups.paths, tenant: places.tenant === undefined ? [] : [places.tenant] },
  );
  const cache = (configuration.cache ?? usual) * 1000;
  const good = new Memory<Known>();
  const wrong = new Memory<{ readonly expiresAt: number }>(mostRefused);
  const asked = new Map<string, Promise<SchemeOutcome>>();
  /** Answers that came after the upstream took a credential back are too old. */
  const takenBack = new Set<string>();
  const gate = new Gate(limits.running, limits.waiting);

  const judge = (bytes: Uint8Array, id: string): SchemeOutcome => {
    const claims = readClaims(bytes);
    const said = `${operation.operationId} answers`;
    if (claims === undefined) return unavailable(`${said} no JSON object that has one reading`);
    if (subjectOf(claims, places.subject) === undefined)
      return unavailable(`${said} no subject at ${places.subject.map(({ text }) => text).join(', ')}`);
    const named = identityOf(claims, `upstream:${scheme.name}`, 'opaque-token', id, places, undefined);
    if (groupsOf(claims, places.groups, named.tenant) === undefined)
      return unavailable(`${said} groups of no known form`);
    const unknown = presence.unknownOf(claims, named.groups, named.tenant);
    const { issuedAt: _issuedAt, ...rest } = named;
    const identity: Identity = {
      ...rest,
      credential: Object.freeze({ kind: 'custom', id }),
      ...(unknown.length === 0 ? {} : { unknown }),
    };
    return { outcome: 'verified', identity };
  };

  const question = async (id: string, request: SchemeRequest): Promise<SchemeOutcome> => {
    if (!(await gate.enter())) return { outcome: 'throttled', retryAfterSeconds: 2 };
    try {
      const answer = await ask(operation, path + queryOf(scheme, request), fieldsOf(scheme, request));
      if ('failed' in answer) return unavailable(`${operation.operationId}: ${answer.failed}`);
      if (answer.status === 401) {
        wrong.set(id, { expiresAt: request.now + cache });
        const wait = attempts.wrongKey(request.address, request.now);
        return wait === undefined ? refused : { outcome: 'throttled', retryAfterSeconds: wait };
      }
      if (answer.status !== 200) return unavailable(`${operation.operationId} answers ${answer.status}`);
      const outcome = judge(answer.bytes, id);
      if (outcome.outcome === 'verified' && cache > 0 && !takenBack.has(id))
        good.set(id, { expiresAt: request.now + cache, outcome });
      return outcome;
    } finally {
      gate.leave();
    }
  };

  return {
    scheme,
    challenge: passing.challenge,
    get notices() {
      return [...passing.notices, ...presence.notices];
    },
    // It cannot say who calls itself: where it is asked in this process that would never end.
    forOperation: (one) => (configuration.at !== undefined && one === operation ? passing : undefined),
    answered(request, status) {
      const read = status === 401 ? passing.verify(request) : undefined;
      passing.answered?.(request, status);
      if (read === undefined || read instanceof Promise || read.outcome !== 'verified') return;
      const { id } = read.identity.credential;
      good.set(id, { expiresAt: 0, outcome: refused });
      wrong.set(id, { expiresAt: request.now + cache });
      if (asked.has(id)) takenBack.add(id);
    },
    verify(request) {
      const read = passing.verify(request);
      if (read instanceof Promise || read.outcome !== 'verified') return read;
      const { id } = read.identity.credential;
      const known = good.get(id, request.now);
      if (known !== undefined) return known.outcome;
      if (wrong.get(id, request.now) !== undefined) return refused;
      let answer = asked.get(id);
      if (answer === undefined) {
        answer = question(id, request).finally(() => {
          asked.delete(id);
          takenBack.delete(id);
        });
        asked.set(id, answer);
      }
      return answer;
    },
  };
}

const refused: SchemeOutcome = { outcome: 'refused', reason: 'whoami-refused' };

function unavailable(log: string): SchemeOutcome {
  return { outcome: 'unavailable', reason: 'whoami-failed', retryAfterSeconds: 5, log: log.slice(0, 500) };
}

function placesOf({ subject, groups, scopes, tenant }: WhoamiConfiguration): ClaimPlaces {
  const pathsOf = (texts: string | readonly string[]) => [texts].flat().map((text: string) => claimPath(text));
  return {
    subject: pathsOf(subject),
    groups: groupsRule(groups),
    scopes: scopes === undefined ? undefined : pathsOf(scopes),
    tenant: tenant === undefined ? undefined : claimPath(tenant),
  };
}

function operationOf(where: string, id: string, contract: Contract, scheme: SecurityScheme): Operation {
  const found = contract.operations.find(({ operationId }) => operationId === id);
  if (found === undefined) {
    const near = nearest(
      id,
      contract.operations.map(({ operationId }) => operationId),
    );
    throw bad(
      `${where}.whoami is '${id.slice(0, 100)}', and no operation is called so`,
      near === undefined ? 'write the operationId of the operation that answers who calls' : `did you mean ${near}?`,
    );
  }
  const name = `${where}.whoami, ${id},`;
  if (found.method !== 'GET') throw bad(`${name} is a ${found.method}`, 'name an operation that only reads: GET');
  if (found.path.includes('{'))
    throw bad(`${name} has parameters in its path`, 'name one that answers for whoever calls, such as GET /me');
  if (!found.security.some(({ schemes }) => schemes.some((one) => one.scheme === scheme)))
    throw bad(`${name} does not need '${scheme.name}'`, 'name an operation whose security has this scheme');
  return found;
}

function pathOf(operation: Operation, contract: Contract, basePath: string | undefined): string {
  const [server] = operation.servers ?? contract.servers;
  return (basePath ?? server?.basePaths[0] ?? '').replace(/\/+$/, '') + operation.path;
}

/** The credential as it came, and nothing else. */
function fieldsOf(scheme: SecurityScheme, request: SchemeRequest): Readonly<Record<string, string>> {
  if (scheme.type !== 'apiKey' || (scheme.in === 'header' && scheme.key.toLowerCase() === 'authorization'))
    return request.authorization === undefined ? {} : { authorization: request.authorization };
  const value = credentialReader(scheme)(request) ?? '';
  if (scheme.in === 'header') return Object.fromEntries([[scheme.key.toLowerCase(), value]]);
  return scheme.in === 'cookie' ? { cookie: `${scheme.key}=${value}` } : {};
}

function queryOf(scheme: SecurityScheme, request: SchemeRequest): string {
  if (scheme.type !== 'apiKey' || scheme.in !== 'query') return '';
  return `?${new URLSearchParams([[scheme.key, credentialReader(scheme)(request) ?? '']]).toString()}`;
}

function bad(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-authentication', message, mend });
}
