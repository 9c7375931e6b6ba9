import { shapeOf, type Contract, type Schema, type Shape } from '@castellan/contract';
import { STATUS_CODES } from '../node/http.ts';
import type { Problem, ProblemIssue } from './options.ts';

/** What may be told of a refusal. */
export interface Facts {
  readonly problem: Problem;
  readonly path: string;
  readonly method: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where one thing that is wrong is written. */
  readonly issue?: ProblemIssue | undefined;
}

const deepest = 6;

/**
 * A problem in the form of a schema: properties get what their names say (`message`, `code`, `status`, `requestId`, `errors`),
 * and what else is required the plainest value of its kind. Whether it is valid, the schema itself says.
 */
export function shaped(contract: Contract, schema: Schema, facts: Facts): unknown {
  const value = valueOf(contract, schema, '', facts, true, 0);
  return typeof value === 'object' ? value : undefined;
}

function valueOf(
  contract: Contract,
  schema: Schema,
  name: string,
  facts: Facts,
  needed: boolean,
  depth: number,
): unknown {
  if (depth > deepest) return undefined;
  const shape = shapeOf(contract, schema);
  const raw = rawOf(contract, schema);
  if (raw['const'] !== undefined) return needed || meanings.has(plain(name)) ? raw['const'] : undefined;
  if (Array.isArray(raw['enum'])) return oneOf(raw['enum'] as unknown[], name, facts, needed);
  const types = shape.types ?? new Set(name === '' ? ['object'] : ['string']);
  const { format } = raw;
  const isUri = typeof format === 'string' && format.startsWith('uri') && plain(name) === 'type';
  const meant = isUri ? facts.problem.uri : meaning(name, facts);
  if (types.has('object') && (shape.properties.size > 0 || !types.has('string')))
    return objectOf(contract, shape, name, facts, needed, depth);
  if (types.has('array')) return listOf(contract, shape, name, facts, needed, depth);
  if (types.has('string')) {
    const said = textOf(meant ?? (needed ? messageOf(facts) : undefined), raw);
    if (said !== undefined) return said;
  }
  if (types.has('integer') || types.has('number'))
    return /code|status/.test(plain(name))
      ? facts.problem.status
      : needed
        ? (numberOf(raw['minimum']) ?? 0)
        : undefined;
  if (!needed) return undefined;
  if (types.has('null')) return null;
  return types.has('boolean') ? /^(?:error|failed)$/.test(plain(name)) : undefined;
}

function objectOf(
  contract: Contract,
  shape: Shape,
  name: string,
  facts: Facts,
  needed: boolean,
  depth: number,
): unknown {
  let members: (readonly [string, unknown])[] = [];
  for (const [property, schema] of shape.properties) {
    const value = valueOf(contract, schema, property, facts, shape.required.has(property), depth + 1);
    if (value !== undefined) members.push([property, value]);
  }
  // A list of what is wrong says nothing of a refusal in which nothing is, where what stands beside it says what happened.
  if (facts.issue === undefined && (facts.problem.errors ?? []).length === 0) {
    const said = messageOf(facts);
    const isList = ([property, value]: readonly [string, unknown]): boolean =>
      Array.isArray(value) && lists.has(plain(property)) && !shape.required.has(property);
    if (members.some(([, value]) => value === said)) members = members.filter((member) => !isList(member));
  }
  // A map of what is wrong, by the field that is.
  const { issue, errors } = { issue: facts.issue, errors: facts.problem.errors };
  if (
    shape.properties.size === 0 &&
    issue === undefined &&
    lists.has(plain(name)) &&
    typeof shape.additional === 'object'
  )
    for (const one of errors ?? [])
      members.push([
        fieldOf(one),
        valueOf(contract, shape.additional, 'message', { ...facts, issue: one }, true, depth + 1),
      ]);
  return members.length === 0 && !needed ? undefined : Object.fromEntries(members);
}

/** Names of lists of what is wrong. */
const lists = new Set([
  'errors',
  'details',
  'detail',
  'violations',
  'issues',
  'causes',
  'invalidparams',
  'fielderrors',
  'messages',
  'validationerrors',
  'fields',
  'message',
]);

function listOf(
  contract: Contract,
  { items }: Shape,
  name: string,
  facts: Facts,
  needed: boolean,
  depth: number,
): unknown {
  const { issue, problem } = facts;
  if (issue !== undefined && segments.has(plain(name))) return issue.pointer.split('/').slice(1);
  if (items === undefined) return needed ? [] : undefined;
  if (
    issue === undefined &&
    (lists.has(plain(name)) || name === '') &&
    problem.errors !== undefined &&
    problem.errors.length > 0
  )
    return problem.errors.map((one) => valueOf(contract, items, 'message', { ...facts, issue: one }, true, depth + 1));
  // Somebody who reads the list alone must learn what happened.
  return needed || lists.has(plain(name))
    ? [valueOf(contract, items, 'message', facts, true, depth + 1)].filter((one) => one !== undefined)
    : undefined;
}

type Meaning = (facts: Facts) => string;
const message: Meaning = (facts) => messageOf(facts);
const code: Meaning = ({ issue, problem }) => issue?.keyword ?? problem.type;
const title: Meaning = ({ problem }) => problem.title;
const statusText: Meaning = ({ problem }) => String(problem.status);
const phrase: Meaning = ({ problem }) => STATUS_CODES[problem.status] ?? problem.title;
const requestId: Meaning = ({ problem }) => problem.requestId;
const where: Meaning = ({ issue, path }) => (issue === undefined ? path : fieldOf(issue));

/** By the letters of a name, in lower case. */
const meanings: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    message,
    msg: message,
    detail: message,
    details: message,
    description: message,
    errormessage: message,
    errordescription: message,
    explanation: message,
    text: message,
    reason: message,
    info: message,
    usermessage: message,
    developermessage: message,
    title,
    summary: title,
    error: code,
    code,
    errorcode: code,
    kind: code,
    slug: code,
    type: code,
    key: code,
    rule: code,
    keyword: code,
    status: statusText,
    statuscode: statusText,
    httpstatus: statusText,
    httpcode: statusText,
    statusmessage: phrase,
    statustext: phrase,
    requestid: requestId,
    traceid: requestId,
    correlationid: requestId,
    errorid: requestId,
    id: requestId,
    reference: requestId,
    timestamp: ({ now }: Facts) => new Date(now).toISOString(),
    time: ({ now }: Facts) => new Date(now).toISOString(),
    date: ({ now }: Facts) => new Date(now).toISOString(),
    path: where,
    instance: where,
    url: where,
    method: ({ method }: Facts) => method,
    field: where,
    pointer: where,
    location: where,
    property: where,
    parameter: where,
    param: where,
    name: where,
    source: where,
    target: where,
  }),
);
const segments = new Set(['loc', 'location', 'path', 'pointer']);

function meaning(name: string, facts: Facts): string | undefined {
  return meanings.get(plain(name))?.(facts);
}

function messageOf({ issue, problem }: Facts): string {
  return issue === undefined ? (problem.detail ?? problem.title) : `${issue.pointer || '/'} ${issue.message}`;
}

/** `/items/0/name` as people write it. */
function fieldOf({ pointer }: ProblemIssue): string {
  return pointer.split('/').slice(1).join('.') || 'body';
}

function textOf(said: string | undefined, raw: Raw): string | undefined {
  if (said === undefined) return undefined;
  const longest = numberOf(raw['maxLength']) ?? Number.MAX_SAFE_INTEGER;
  return said.length <= longest ? said : said.slice(0, longest).toWellFormed();
}

/** What an API may call a status, by the letters. */
const synonyms: Readonly<Record<number, readonly string[]>> = {
  400: [
    'badrequest',
    'validationerror',
    'validationfailed',
    'validation',
    'invalidrequest',
    'invalidargument',
    'invalidinput',
    'invalid',
  ],
  401: ['unauthorized', 'unauthenticated', 'notauthenticated', 'authenticationrequired', 'invalidtoken'],
  403: ['forbidden', 'permissiondenied', 'accessdenied', 'notallowed'],
  404: ['notfound', 'resourcenotfound', 'unknownresource'],
  405: ['methodnotallowed'],
  410: ['gone'],
  413: ['payloadtoolarge', 'contenttoolarge', 'toolarge'],
  415: ['unsupportedmediatype'],
  422: ['unprocessableentity', 'unprocessablecontent', 'validationerror', 'validationfailed', 'validation', 'invalid'],
  429: ['toomanyrequests', 'ratelimited', 'ratelimitexceeded', 'ratelimit', 'throttled'],
  500: ['internalservererror', 'internalerror', 'internal', 'servererror'],
  502: ['badgateway'],
  503: ['serviceunavailable', 'unavailable'],
  504: ['gatewaytimeout', 'timeout'],
};

function oneOf(values: readonly unknown[], name: string, facts: Facts, needed: boolean): unknown {
  if (values.includes(facts.problem.status)) return facts.problem.status;
  const texts = values.filter((value) => typeof value === 'string');
  const said = meaning(name, facts);
  const wanted = [
    ...(said === undefined ? [] : [plain(said)]),
    ...(synonyms[facts.problem.status] ?? []),
    ...(facts.problem.status < 500 ? [] : (synonyms[500] ?? [])),
    'error',
    'failure',
    'failed',
    'unknown',
    'other',
  ];
  for (const word of wanted) {
    const found = texts.find((text) => plain(text) === word);
    if (found !== undefined) return found;
  }
  return needed ? values[0] : undefined;
}

function plain(name: string): string {
  return name.replaceAll(/[^A-Za-z\d]/g, '').toLowerCase();
}

type Raw = Readonly<Record<string, unknown>>;

/** The schema itself, where it is only referred to. */
function rawOf(contract: Contract, { raw, location }: Schema): Raw {
  if (typeof raw === 'boolean') return {};
  if (typeof raw['$ref'] !== 'string') return raw;
  const { value } = contract.resolve(location, raw['$ref']);
  return typeof value === 'object' && value !== null ? (value as Raw) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
