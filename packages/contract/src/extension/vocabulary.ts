import { allowedName } from './allowed-name.ts';
import type { CastellanApi, CastellanOperation, CastellanParameter, CastellanSchema } from '../model.ts';
import { leniencies } from '../leniency.ts';
import { enforcers } from './enforcers.ts';
import { limitBy, oneOrMore, rateLimits } from './limit-readers.ts';
import {
  boolean,
  date,
  defaulted,
  duration,
  integer,
  list,
  mapOf,
  names,
  object,
  oneOf,
  optional,
  rate,
  required,
  size,
  sizeRate,
  string,
  textOr,
  type Reader,
  zone,
} from './reader.ts';
import { describeKeys } from './words.ts';

const lifecycle = object({
  state: required(
    oneOf(['draft', 'published', 'deprecated', 'retired']),
    'Where it stands in its life; a retired one is answered 410.',
  ),
  deprecatedAt: optional(date, 'Since when it is deprecated.'),
  sunset: optional(date, 'From when on it will no longer answer (RFC 8594).'),
  successor: optional(string, 'What to use instead: an operationId or a URL.'),
  information: optional(string, 'URL of a page that says what callers are to do (RFC 9745, RFC 8594).'),
});

const oneMode = oneOf(['enforce', 'observe', 'off']);
const mode = textOr(
  oneMode,
  object({
    requests: optional(oneMode, 'Of what is asked.'),
    responses: optional(oneMode, 'Of what is answered.'),
  }),
);
const done = oneOf(['refuse', 'remove', 'pass']);
const undocumented = object({
  parameters: optional(done, 'Query parameters.'),
  requestProperties: optional(done, 'Properties in bodies of requests; in other bodies than JSON remove is refuse.'),
  responseProperties: optional(done, 'Properties in answers.'),
  statuses: optional(done, 'Statuses of answers; remove takes the body away.'),
  mediaTypes: optional(done, 'Media types of answers; remove takes the body away.'),
});
const budget = object({
  records: optional(rate, 'Objects per time: 1000/hour.'),
  bytes: optional(sizeRate, 'Bytes per time: 20MB/day.'),
  objects: optional(
    textOr(rate, mapOf(rate)),
    'Different objects per time: 200/day of each resource type, or { Patient: 200/day }. One that was had before costs nothing.',
  ),
  sensitive: optional(
    textOr(rate, mapOf(rate)),
    'Sensitive properties per time, 500/day of all together, or by name: { email: 500/day }.',
  ),
});
const leniency = list(oneOf(leniencies));
const leniencyText =
  'What is let through in requests: null for an optional property (absent-null), True and False in the query (boolean-words), date-times without a zone (naive-date-time), UUIDs without hyphens (plain-uuid).';
const sensitivity = oneOf(['public', 'internal', 'confidential', 'personal', 'secret']);

const url = object({
  schemes: defaulted(list(string), ['https'], 'Schemes that the URL may have.'),
  hosts: optional(list(string), 'Hosts that it may name; any where not said. *.example.com is every host below.'),
  private: defaulted(oneOf(['deny', 'allow']), 'deny', 'Whether it may lead to private addresses.'),
});

const ignored = object({
  rule: required(string, 'Id of the rule.'),
  operation: optional(string, 'operationId: only findings that touch it.'),
  at: optional(string, 'JSON pointer: only findings at or below it.'),
  reason: required(string, 'Why it is accepted.'),
  until: required(date, 'The last day on which it is.'),
});

const action = object({
  name: required(string, 'What policies and rules call it: Action::"readSalary", read: [action:readSalary].'),
  resources: optional(list(string), 'Types of the objects that it is done to; the API as a whole where not said.'),
});

/** `x-castellan` at the root of the document. */
export const api: Reader<
  Omit<CastellanApi, 'profileDeclared' | 'profile'> & { profile?: CastellanApi['profile'] | undefined }
> = object({
  profile: optional(
    oneOf(['toy', 'internal', 'standard', 'bank']),
    'What the threat model asks for; sets defaults and required controls. standard where not said.',
  ),
  owner: optional(string, 'Who answers for the API.'),
  lifecycle: optional(lifecycle, 'The life cycle of the whole API.'),
  budget: optional(budget, 'What one principal may take away, over all operations together.'),
  rateLimit: optional(rateLimits, 'Limits over all operations that have none of their own.'),
  mode: optional(mode, 'Whether controls refuse (enforce), only record (observe) or rest (off).'),
  context: optional(
    names(oneOf(['string', 'integer', 'number', 'boolean', 'date-time', 'ip', 'strings']), [
      'now',
      'address',
      'scopes',
      'tenant',
      'actor',
      'path',
      'query',
      'header',
      'cookie',
      'body',
      'local',
    ]),
    'What the application tells policies of each request, with its types: context.mfa. All of it is optional.',
  ),
  zone: optional(zone, 'The time zone of context.local: weekday, hour, minute and date. Europe/Berlin.'),
  undocumented: optional(undocumented, 'What becomes of what no contract names.'),
  leniency: optional(leniency, leniencyText),
  ignore: optional(list(ignored), 'Findings of castellan check that are accepted, each with a reason and an end.'),
  actions: optional(
    list(action),
    'Actions that no operation is: for rules of properties, for handlers, for services that ask (AuthZEN).',
  ),
});

/** `x-castellan` on an operation, or on its path item. */
export const operation: Reader<CastellanOperation> = object({
  owner: optional(string, 'Who answers for the operation.'),
  mode: optional(mode, 'Whether controls refuse (enforce), only record (observe) or rest (off).'),
  undocumented: optional(undocumented, 'What becomes of what no contract names.'),
  leniency: optional(leniency, leniencyText),
  page: optional(
    object({
      limit: optional(string, 'The parameter that says how many items are wanted: a name of the query, or body.size.'),
      max: required(integer(1), 'The most that it may say, and that an answer may hold.'),
      offset: optional(string, 'The parameter that says how many items to skip.'),
      number: optional(string, 'The parameter that says which page is wanted.'),
      depth: optional(integer(1), 'The most items that may be skipped.'),
      expand: optional(
        oneOrMore(string, 'include'),
        'Parameters that ask for more of each item: include, expand, fields.',
      ),
      expansions: defaulted(integer(1), 10, 'The most names that all of them may list.'),
      levels: defaulted(integer(1), 3, 'The most levels of one of these names: author.friends has two.'),
      over: defaulted(
        oneOf(['withhold', 'cut']),
        'withhold',
        'What becomes of an answer that holds more: withheld whole, or what is too much is left out.',
      ),
    }),
    'How the size of a page is bounded, and how far pages go.',
  ),
  budget: optional(budget, 'What one principal may take away, over all calls of the operation.'),
  rateLimit: optional(rateLimits, 'How often it may be called: one limit, or a list of several.'),
  concurrency: optional(integer(1), 'How many calls of one principal may run at the same time.'),
  resource: optional(
    object({
      type: required(string, 'The resource type, as a schema names it.'),
      id: optional(
        string,
        'Where its id comes from: path.sectionId, query.id, body.id, or auth.subject for the caller itself.',
      ),
    }),
    'The object that the operation acts on.',
  ),
  resolve: optional(
    object({ operation: required(string, 'operationId of the read operation.') }),
    'How the gateway fetches the object before it decides.',
  ),
  flow: optional(
    object({
      name: required(string, 'The business flow that the operation is a step of.'),
      after: defaulted(list(string), [], 'operationIds that must have been called before.'),
      ordered: defaulted(boolean, false, 'Whether they must have been called in the order of the list.'),
      within: defaulted(duration, 3600, 'How long a call counts as a step; at most an hour.'),
      minimum: optional(duration, 'The least time that a person takes since the last of them: 3s.'),
      pace: optional(rate, 'How fast one principal may take this step.'),
      once: optional(duration, 'The step may be taken once in so long, and again after the steps before it.'),
      per: defaulted(
        limitBy,
        ['principal'],
        'Whose steps they are: principal, header.x-device, body.email, or several.',
      ),
    }),
    'Order, time and pace of a sensitive flow.',
  ),
  lifecycle: optional(lifecycle, 'The life cycle of the operation.'),
  upgrade: optional(
    oneOf(['websocket']),
    'websocket: a GET with Upgrade is let in, where its caller and parameters are; what is sent then is not looked at.',
  ),
  maxBody: optional(size, 'The largest request body: bytes, or a size such as 10MB.'),
  existence: optional(oneOf(['public', 'secret']), 'secret: a refusal by policy is answered 404 instead of 403.'),
  denied: optional(
    oneOf(['withhold', 'remove']),
    'What becomes of an answer that holds an object which the caller may not read: withheld whole, or the object is removed.',
  ),
  canary: optional(boolean, 'true: nobody has business with it, and any call is an incident (option detect).'),
});

/** `x-castellan` on a parameter. */
export const parameter: Reader<CastellanParameter> = object({
  slashes: optional(
    oneOf(['allow']),
    'allow: the value, which is the whole end of the path, may hold slashes: /files/{path} takes /files/a/b.txt.',
  ),
  sensitivity: optional(sensitivity, 'How much harm its disclosure does.'),
  url: optional(url, 'The value is a URL that the API fetches: where it may lead.'),
});

/** `x-castellan` on a schema or property. */
export const schema: Reader<CastellanSchema> = object({
  resource: optional(string, 'Objects of this schema are resources of this type.'),
  id: optional(string, 'Name of the property that identifies one; id where not said.'),
  read: optional(
    list(allowedName),
    'Who may read the property: groups, scopes (scope:x) or a Cedar action (action:x).',
  ),
  write: optional(
    list(allowedName),
    'Who may write the property: groups, scopes (scope:x) or a Cedar action (action:x).',
  ),
  action: optional(
    string,
    'On a property that names another object: the operation that a caller must be allowed on that object.',
  ),
  sensitivity: optional(sensitivity, 'How much harm its disclosure does.'),
  url: optional(url, 'The value is a URL that the API fetches: where it may lead.'),
});

/** The JSON Schema of the whole vocabulary: `schemas/x-castellan.json` is this. */
export function vocabularySchema(): Readonly<Record<string, unknown>> {
  const level = (name: string, description: string, reader: Reader<unknown>): Readonly<Record<string, unknown>> => ({
    description,
    ...describeKeys(reader.schema, name, (path, said) =>
      enforcers[path]?.stage === 'check' ? `${said} Only castellan check reads it: no request is refused by it.` : said,
    ),
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:castellan:schema:x-castellan',
    title: 'x-castellan',
    description:
      'What OpenAPI cannot say about the security of an API. $defs has one schema per level of the document.',
    anyOf: ['api', 'operation', 'parameter', 'schema'].map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: {
      api: level('api', 'At the root of the document.', api),
      operation: level('operation', 'On an operation, or on a path item for all of its operations.', operation),
      parameter: level('parameter', 'On a parameter.', parameter),
      schema: level('schema', 'On a schema or property.', schema),
    },
  };
}
