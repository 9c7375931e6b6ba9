// Reference page of events: every field of the event schema, with what it says. A field without a line is an error.
import { eventSchema } from '../../packages/guard/src/audit/event-schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What each field says, by its path; `[]` is a member of a list. */
const meanings: Readonly<Record<string, string>> = {
  class_uid: 'OCSF class: API Activity.',
  category_uid: 'OCSF category: Application Activity.',
  activity_id: '1 create (POST), 2 read, 3 update (PUT, PATCH), 4 delete, 99 other.',
  type_uid: 'Class and activity in one number.',
  severity_id: '1 informational; 3 refused; 4 withheld, failed, or an alarm of a policy; 5 critical: nobody decided.',
  status_id: '1 success, 2 failure, 0 not known yet.',
  time: 'When the request came: milliseconds since the epoch.',
  duration: 'Milliseconds until the answer, a whole number; [facts](facts.md) have it exactly.',
  'metadata.version': 'Version of OCSF.',
  'metadata.uid': 'The request id: the same as `requestId` of the problem and `x-request-id` of the answer.',
  'metadata.product.name': 'Which program wrote it.',
  'metadata.product.vendor_name': 'Castellan.',
  'api.operation': 'The `operationId`; empty where no operation was found.',
  'api.version': 'Version of the API, as the document says.',
  'api.service.name': 'Title of the API, as the document says.',
  'actor.user.uid': 'The subject of the credential.',
  'actor.user.name': 'In the place of `uid` where nobody was recognised.',
  'actor.user.type_id': '0: unknown, beside that name.',
  'actor.session.uid': 'Names the credential, and cannot be used as one: the same credential is the same text.',
  'actor.session.issuer': 'The trusted issuer of the token, or the name of the store.',
  'src_endpoint.ip': 'The address of the caller, after `trustedProxies`.',
  'http_request.http_method': 'The method.',
  'http_request.url.path': 'The documented path; of others, `*` in the place of each segment that no document has.',
  'http_response.code': 'The status that the caller got; 0 where the connection ended before.',
  begun: '`true` in the line that is written before the answer leaves (`audit.durability: required`).',
  mode: 'The mode of the request.',
  responseMode: 'The mode of the answer, where it is another one.',
  contract: 'Digest of the contract, its first 12 hex digits: which document was in force.',
  template: 'The documented path: `/orders/{id}`.',
  outside: 'The entry of `outside` that let it pass.',
  'undocumented[].what': 'What the contract does not name: `property`, `parameter`, `status` …',
  'undocumented[].done': '`removed` or `passed`.',
  'undocumented[].places': 'Where: RFC 6901 pointers.',
  'lenient[].what': 'Which leniency let it pass.',
  'lenient[].places': 'Where: RFC 6901 pointers.',
  refused: 'Why it was refused. Absent where it was not.',
  'refused.stage': 'The stage that refused.',
  'refused.type': 'The [problem type](../problems.md) that the caller got.',
  'refused.reason': 'Why, in one word: [troubleshooting](../troubleshooting.md#reasons) explains each.',
  'refused.log': 'More for you: names and places, never values.',
  'refused.action': 'The action that was asked of policies.',
  'refused.policies': 'Policies that forbid it; empty where none permits it.',
  'refused.object.type': 'Type of the object that was asked about.',
  'refused.object.id': 'A keyed hash of its id.',
  'refused.issues': 'What is wrong with the request: `pointer keyword`.',
  'allowed[].action': 'An action that policies permitted.',
  'allowed[].policies': 'Policies that permitted it, at most 20.',
  'allowed[].object.type': 'Type of the object.',
  'allowed[].object.id': 'A keyed hash of its id.',
  'allowed[].objects': 'How many objects were decided on together.',
  explained: 'Why policies allowed it, in words; only where the guard was asked to explain.',
  sealed: 'Who called, encrypted with a key of that person (`audit.pseudonyms`).',
  act: 'Who acts for the subject (RFC 8693): `sub`, `iss`, and the same again.',
  'trace.traceId': 'The trace (W3C Trace Context).',
  'trace.parentId': 'The step of the trace that called.',
  'trace.spanId': 'This step.',
  'trace.flags': '1 where the trace is sampled.',
  alarms: 'What deciding policies raise: `@alarm("break-glass")`.',
  observed: 'What `enforce` would have refused or changed; each entry is like `refused`.',
  removed: 'How many properties and objects were removed from the answer.',
  'changed[].reason': 'What was changed in the answer, or why an error body was replaced.',
  'changed[].places': 'Where: RFC 6901 pointers.',
  failure: 'An exception: its name, code and the places of its stack, never its text.',
  n: 'In an audit log: the number of the line.',
  chain: 'In an audit log: the hash of the line, after all before it.',
};

const prefix = 'unmapped.castellan.';

interface Leaf {
  readonly path: string;
  readonly values: string;
}

function valuesOf(schema: Schema): string {
  if (schema['const'] !== undefined) return `\`${JSON.stringify(schema['const'])}\``;
  if (Array.isArray(schema['enum'])) return schema['enum'].map((one) => `\`${String(one)}\``).join(', ');
  if (schema['type'] === 'integer') return 'whole number';
  if (schema['type'] === 'array') return 'list of texts';
  return schema['type'] === 'string' ? 'text' : String(schema['type'] ?? 'object');
}

/** Every field that holds a value; `observed` is one, because its entries are like `refused`. */
function leavesOf(schema: Schema, path: string): readonly Leaf[] {
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
  if (properties !== undefined)
    return Object.entries(properties).flatMap(([name, below]) =>
      leavesOf(below, path === '' ? name : `${path}.${name}`),
    );
  const items = schema['items'] as Schema | undefined;
  if (items?.['properties'] !== undefined && !path.endsWith('.observed')) return leavesOf(items, `${path}[]`);
  return [{ path, values: path.endsWith('.observed') ? 'list of objects' : valuesOf(schema) }];
}

const short = (path: string): string => (path.startsWith(prefix) ? path.slice(prefix.length) : path);

/** Every field of an event. */
const fields: readonly Leaf[] = leavesOf(eventSchema(), '');

/** Fields without a meaning, and meanings of no field. */
export function unexplainedEventFields(): readonly string[] {
  const paths = new Set(fields.map(({ path }) => short(path)));
  const objects = [...paths].map((path) => path.slice(0, Math.max(0, path.lastIndexOf('.'))));
  return [
    ...[...paths].filter((path) => meanings[path] === undefined),
    ...Object.keys(meanings).filter((path) => !paths.has(path) && !objects.includes(path)),
  ];
}

const table = (rows: readonly Leaf[]): string =>
  `| field | holds | says |\n| --- | --- | --- |\n${rows
    .map(
      ({ path, values }) =>
        `| \`${short(path)}\` | ${values.replaceAll('|', String.raw`\|`)} | ${meanings[short(path)] ?? '…'} |`,
    )
    .join('\n')}`;

/** Text of the page. */
export function eventPages(): Readonly<Record<string, string>> {
  return {
    'events.md': `# Events

Made from \`schemas/event.json\` by \`npm run reference\`. One line of JSON for each request: in the audit file, in \`onEvent\`, and to SIEMs. An event never
holds a body, a query, a header field or a credential.

To find the event of a request, search for its id: \`grep '"uid":"REQUEST-ID"' audit.jsonl\`.

## What OCSF defines

${table(fields.filter(({ path }) => !path.startsWith(prefix)))}

## What Castellan adds

Under \`${prefix.slice(0, -1)}\`.

${table(fields.filter(({ path }) => path.startsWith(prefix)))}
`,
  };
}
