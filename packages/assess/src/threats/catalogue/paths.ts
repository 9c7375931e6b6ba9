import type { Operation, Place } from '@castellan/contract';
import type { TlsSetting } from '../../architecture/index.ts';
import { segmentsOf, wordsOf } from '@castellan/meaning';
import type { ApiSubject, OperationSubject, SystemElement, SystemModel } from '../system/model.ts';

/** Whether the path is about the caller alone: `/me`, `/users/self`. */
export function isOwn(operation: Operation): boolean {
  const segments = segmentsOf(operation.path);
  return (
    segments.some((segment) => /^(?:me|self|myself|my|current|whoami)$/i.test(segment)) &&
    !operation.path.includes('}/')
  );
}

/** Whether anything in the document bounds how often it may be called. */
export function isPaced(operation: Operation, api: ApiSubject): boolean {
  const { rateLimit, flow } = operation.castellan;
  return (rateLimit ?? flow?.pace ?? api.contract.castellan.rateLimit) !== undefined;
}

/** Verbs that erase, by their first word. */
const ERASE =
  /^(?:erase|erasure|forget|anonymi[sz]e|delete|deletion|disable|remove|removal|destroy|purge|wipe|unregister|deregister|terminate|close|loeschen|supprimer|eliminar|borrar)$/;
/** What may stand between the verb and the end: the person, and how. */
const PERSON =
  /^(?:users?|person|people|customers?|accounts?|members?|profiles?|patients?|contacts?|subscribers?|employees?|students?|clients?|shoppers?|holders?|me|my|own|self|data|personal|by|id|permanently|all|request)$/;

/**
 * Whether words say that a person is erased: the verb, and nothing beside it but the person. `removeUser` does,
 * `removeUserFromGroup` and `deleteUserAvatar` take something from them.
 */
function saysErased(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => ERASE.test(word)) && words.every((word) => ERASE.test(word) || PERSON.test(word));
}

/** Whether an operation erases a person or their account: DELETE of one, or a verb in the path or the operation's id. */
export function erases({ operation }: OperationSubject): boolean {
  const words = segmentsOf(operation.path).join(' ');
  const people =
    /user|person|people|customer|account|member|profile|patient|contact|subscriber|employee|student|client|kunde|usuario|utilisateur|shopper|holder|entit|\bme\b/i;
  const called = operation.method === 'POST' || operation.method === 'PUT' || operation.method === 'PATCH';
  const erasing =
    operation.method === 'DELETE' ||
    (called &&
      (saysErased(segmentsOf(operation.path).at(-1) ?? '') ||
        (operation.operationIdDeclared && saysErased(operation.operationId))));
  return erasing && people.test(words);
}

/** Whether castellan.yaml asks for a proof of possession with every alternative (RFC 9449, RFC 8705). */
export function isProofRequired(api: ApiSubject, alternatives: readonly string[]): boolean {
  const proven = new Set(
    api.deployment?.authentication.filter(({ proofRequired }) => proofRequired).map(({ scheme }) => scheme),
  );
  return (
    alternatives.length > 0 && alternatives.every((names) => names.split(' and ').some((name) => proven.has(name)))
  );
}

/** Versions of TLS that are accepted and should not be (RFC 8996, RFC 7568). */
export function weakVersions(tls: TlsSetting): string[] {
  return tls.versions.filter((version) => /^(?:SSLv[23]|TLSv1(?:\.[01])?)$/i.test(version));
}

/** The environment of a component: as its file says, or as castellan.yaml says of the API that it runs. */
function environmentOf(componentId: string, system: SystemModel): string | undefined {
  const element = system.elements.find(({ component }) => component?.id === componentId);
  const api = system.apis.find(({ elementId }) => elementId === element?.id);
  return (
    system.architecture.components.find(({ id }) => id === componentId)?.environment ?? api?.deployment?.environment
  );
}

/** Who uses a store, by environment; those whose environment nobody says are left out. */
export function usersByEnvironment(
  element: SystemElement,
  system: SystemModel,
): { readonly environment: string; readonly place: Place | undefined }[] {
  const users = new Map<string, Place | undefined>();
  const { component } = element;
  if (component === undefined) return [];
  const byResource = new Map<string, Map<string, Place>>();
  for (const flow of system.architecture.flows) {
    if (flow.to !== component.id) continue;
    const environment = environmentOf(flow.from, system);
    if (environment === undefined) continue;
    const resource = byResource.get(flow.resource ?? '') ?? new Map<string, Place>();
    resource.set(environment, flow.place);
    byResource.set(flow.resource ?? '', resource);
  }
  for (const environments of byResource.values())
    if (environments.size > users.size) {
      users.clear();
      for (const [environment, place] of environments) users.set(environment, place);
    }
  return [...users].map(([environment, place]) => ({ environment, place }));
}
