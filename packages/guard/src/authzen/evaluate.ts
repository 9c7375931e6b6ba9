import { actionNames, principalType } from '@castellan/policy/entities';
import type { AuthContext } from '../auth-context.ts';
import { Undecidable } from '../authorize/attributes.ts';
import type { ActionFacts, Authority } from '../authorize/authority.ts';
import { Authorization } from '../authorize/authorization.ts';
import { entityKey } from '../authorize/directory.ts';
import { LoadFailure } from '../authorize/load.ts';
import { Exchange } from '../exchange.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Named, Question } from './request.ts';
import { Slices } from './slices.ts';

/** The question is not asked in the course of a request of the API; there is nothing of one to be known. */
const nothing: IncomingRequest = {
  method: '',
  target: '',
  rawHeaders: [],
  headers: {},
  httpVersion: '1.1',
  remoteAddress: '',
  encrypted: false,
};

/**
 * Decides one question with the policies that decide on the API's requests. What is not known is denied: another kind of
 * subject, an action or a type that the contract does not have, an object that cannot be loaded.
 * @param now milliseconds since the epoch
 */
export async function evaluate(authority: Authority, question: Question, now: number): Promise<boolean> {
  return asker(authority, question, now)(question.action);
}

/** Decides one action after the other for one subject and resource; what is known of them is asked for once. */
function asker(
  authority: Authority,
  question: Omit<Question, 'action'>,
  now: number,
): (action: string) => boolean | Promise<boolean> {
  const type = resourceType(authority, question.resource.type);
  if (type === undefined || question.subject.type.toLowerCase() !== 'user') return () => false;
  let begun: Promise<Authorization> | undefined;
  return (action) => {
    const facts = authority.facts(action);
    if (facts.model?.resources.has(authority.nameOf(type)) !== true) return false;
    return decide(authority, (begun ??= begin(authority, question, now)), facts, type, question.resource);
  };
}

async function decide(
  authority: Authority,
  begun: Promise<Authorization>,
  facts: ActionFacts,
  type: string,
  resource: Named,
): Promise<boolean> {
  try {
    const authorization = await begun;
    const value = await propertiesOf(authorization, authority, type, resource);
    const ruling = await authorization.settled(() =>
      authorization.rule(facts, authorization.entity(type, resource.id, value)),
    );
    return ruling.allowed;
  } catch (error) {
    if (error instanceof LoadFailure || error instanceof Undecidable) return false;
    throw error;
  }
}

/** The actions that are permitted (AuthZEN 1.0 section 8.6). */
export async function permittedActions(
  authority: Authority,
  search: Omit<Question, 'action'>,
  now: number,
): Promise<readonly string[]> {
  const permitted: string[] = [];
  const slices = new Slices();
  const ask = asker(authority, search, now);
  for (const action of actionNames(authority.contract)) {
    await slices.pause();
    if (await ask(action)) permitted.push(action);
  }
  return permitted;
}

async function begin(
  authority: Authority,
  { subject, context }: Omit<Question, 'action'>,
  now: number,
): Promise<Authorization> {
  const { properties } = subject;
  const auth: AuthContext = {
    subject: subject.id,
    issuer: text(properties['issuer']) ?? '',
    schemes: [],
    scopes: texts(context['scopes']),
    groups: texts(properties['groups']),
    claims: properties,
    credential: { kind: 'custom', id: '' },
    authenticatedAt: now,
    tenant: text(properties['tenant']),
  };
  const exchange = new Exchange('', nothing, now, 0, undefined);
  exchange.auth = auth;
  const key = entityKey(principalType, subject.id);
  const list = (await authority.directory?.ask?.([{ type: principalType, id: subject.id }])) ?? [];
  const own = authority.directory?.known?.get(key) ?? list.find(({ uid }) => entityKey(uid.type, uid.id) === key);
  return new Authorization(authority, exchange, own, list, context);
}

/** What the question tells of the object, or where it tells nothing, what can be loaded. */
async function propertiesOf(
  authorization: Authorization,
  authority: Authority,
  type: string,
  resource: Named,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (Object.keys(resource.properties).length > 0) return resource.properties;
  if (authority.loaders.get(type) === undefined) return undefined;
  const [object] = await authorization.objects(type, [resource.id]);
  return object?.value;
}

/** AuthZEN's examples write types in lower case; a type that is written as the contract does wins. */
function resourceType(authority: Authority, written: string): string | undefined {
  const types = [...authority.contract.resources.keys(), authority.api.type];
  return types.includes(written) ? written : types.find((type) => type.toLowerCase() === written.toLowerCase());
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as unknown[]).filter((item) => typeof item === 'string') : [];
}
