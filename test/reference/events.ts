// Reference page of events: every field of the event schema, with what it says. A field without a line is an error.
import { findingSchema } from '@castellan/detect';
import { guardEventSchemas } from '@castellan/guard/audit';

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

/** What fields of the other classes say, by class and path; what `meanings` says of the same path holds for them too. */
const otherMeanings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  HttpActivity: {
    class_uid: 'OCSF class: HTTP Activity.',
    category_uid: 'OCSF category: Network Activity.',
    activity_id: 'The method: 1 CONNECT, 2 DELETE, 3 GET, 4 HEAD, 5 OPTIONS, 6 POST, 7 PUT, 8 TRACE, 99 another.',
    activity_name: 'The method, where it is another.',
    severity_id: '1 informational; 3 refused; 4 withheld or failed; 5 critical: nobody decided.',
    status_id: '1 a status below 400; 2 another, or the connection ended before.',
    status_detail: 'Stage, problem type and reason of a refusal.',
    'metadata.uid': 'The request id and the class.',
    'metadata.correlation_uid': 'The request id: `metadata.uid` of the event of the audit log.',
    app_name: 'Title of the API.',
    'http_response.length': 'Bytes of the answer.',
    'traffic.bytes_in': 'Bytes of the request body.',
    'traffic.bytes_out': 'Bytes of the answer.',
  },
  Authentication: {
    class_uid: 'OCSF class: Authentication.',
    category_uid: 'OCSF category: Identity and Access Management.',
    activity_id: '1: logon.',
    severity_id: '1 accepted; 3 refused.',
    status_id: '1 accepted for the first time; 2 refused.',
    status_detail: 'Why it was refused: a reason of the guard, or the status by which the application said so.',
    'metadata.uid': 'The request id and the class.',
    'metadata.correlation_uid': 'The request id: `metadata.uid` of the event of the audit log.',
    'user.uid': 'The subject; of a credential that was refused a keyed hash of the account that was named.',
    'user.name': 'Where nobody was recognised.',
    'user.type_id': '0: unknown, beside that name.',
    'session.uid': 'Names the credential, and cannot be used as one.',
    'session.issuer': 'The trusted issuer of the token, or the name of the store.',
    auth_protocol_id: '99: another, named in `auth_protocol`.',
    auth_protocol: '`bearer`, `api-key`, `basic`, `certificate`, `sign-in` …',
    logon_type_id: '3: network.',
    is_remote: 'Always.',
    'service.name': 'Title of the API.',
    'service.version': 'Its version, as the document says.',
  },
  AuthorizeSession: {
    class_uid: 'OCSF class: Authorize Session.',
    category_uid: 'OCSF category: Identity and Access Management.',
    activity_id: '1 it has scopes; 2 it has groups and no scopes.',
    severity_id: '1: informational.',
    status_id: '1: success.',
    'metadata.uid': 'The request id and the class.',
    'metadata.correlation_uid': 'The request id: `metadata.uid` of the event of the audit log.',
    'user.uid': 'The subject of the credential.',
    'user.groups[].name': 'Its groups, at most 100.',
    'session.uid': 'Names the credential, and cannot be used as one.',
    'session.issuer': 'The trusted issuer of the token, or the name of the store.',
    'session.expiration_time': 'When it runs out.',
    privileges: 'Its scopes, at most 100.',
    'group.name': 'The first of its groups.',
  },
  ApplicationLifecycle: {
    class_uid: 'OCSF class: Application Lifecycle.',
    category_uid: 'OCSF category: Application Activity.',
    activity_id: '8: update.',
    severity_id: '1 it is in force; 4 it is not.',
    status_id:
      '1 contract, policies and keys that were read are in force; 2 they are not, and the last good ones stay.',
    status_code: 'Why not: a code of [errors](errors.md).',
    status_detail: 'Why not: what, where, and the fix.',
    time: 'When: milliseconds since the epoch.',
    'metadata.uid': 'An id of its own.',
    'app.name': 'Title of the API, as the document in force says.',
    'app.version': 'Its version.',
    'app.vendor_name': 'Castellan.',
    'unmapped.castellan.contract': 'Digest of the contract in force, its first 12 hex digits.',
    'unmapped.castellan.since': 'Since when it is in force: how old what is served is.',
    'unmapped.castellan.n': 'In an audit log: the number of the line.',
    'unmapped.castellan.chain': 'In an audit log: the hash of the line, after all before it.',
  },
  DetectionFinding: {
    class_uid: 'OCSF class: Detection Finding.',
    class_name: 'Its name.',
    category_uid: 'OCSF category: Findings.',
    category_name: 'Its name.',
    activity_id: '1 it opened; 2 it became another one: a new kind, or worse; 3 it ended, or was dismissed.',
    severity_id: '2 low; 3 medium; 4 high; 5 critical.',
    status_id: '1 new; 4 resolved.',
    time: 'Of the last exchange that is part of it.',
    start_time: 'Of the first detection.',
    end_time: 'Of the last exchange that is part of it.',
    message: 'What happened, in a few words.',
    is_alert: 'Always.',
    'metadata.uid': 'The incident, what became of it, and how many detections it had.',
    'finding_info.uid': 'The id of the incident.',
    'finding_info.title': 'What happened, in a few words.',
    'finding_info.desc': 'Why the first detector spoke, with its numbers.',
    'finding_info.types': 'Ids of the detectors.',
    'finding_info.created_time': 'Of the first detection.',
    'finding_info.first_seen_time': 'Of the first detection.',
    'finding_info.last_seen_time': 'Of the last exchange that is part of it.',
    'finding_info.analytic.name': 'The detector that spoke first.',
    'finding_info.analytic.type_id': '2: behavioral.',
    'finding_info.analytic.type': 'The same in a word.',
    'finding_info.related_events[].uid': 'Request ids of the detections, at most 50.',
    'finding_info.related_events[].type_uid': 'Their class: API Activity, any.',
    'finding_info.related_events[].first_seen_time': 'When.',
    'finding_info.related_events[].type': 'The detector.',
    evidences:
      'Up to 20 each of subjects (`actor.user.uid`), addresses (`src_endpoint.ip`) and operations (`api.operation`).',
    'remediation.desc': 'What to do.',
    count: 'How many detections.',
    'unmapped.castellan.owasp': 'Risks: `API1:2023`, `OAT-008` …',
    'unmapped.castellan.refused[].name': 'What was refused of those whom it is about, by stage and problem type.',
    'unmapped.castellan.refused[].count': 'How often.',
    'unmapped.castellan.gotOut.answers': 'Answers 2xx and 3xx to those whom it is about.',
    'unmapped.castellan.gotOut.objects': 'Objects that they were handed.',
    'unmapped.castellan.gotOut.records': 'Records in these answers.',
    'unmapped.castellan.gotOut.bytes': 'Bytes of these answers.',
    'unmapped.castellan.gotOut.sensitive': 'How often a sensitive property was handed out, by its name.',
    'unmapped.castellan.before.requests': 'Requests of the callers in the hours before.',
    'unmapped.castellan.before.objects': 'Objects that they got then.',
    'unmapped.castellan.before.records': 'Records that they got then.',
    'unmapped.castellan.objects[].type': 'Resource type of an object.',
    'unmapped.castellan.objects[].id': 'Keyed hash of its id.',
    'unmapped.castellan.objects[].verdict': 'What was decided about it.',
    'unmapped.castellan.action': 'What would be done automatically.',
  },
};

/** Headings of the other classes, and who gets them. */
const otherClasses: Readonly<
  Record<string, { readonly title: string; readonly says: string; readonly schema: Schema }>
> = {
  HttpActivity: {
    title: 'HTTP Activity (4002)',
    says: 'With `classes: [http-activity]` of `forward`: each exchange, as it went over the wire.',
    schema: guardEventSchemas.HttpActivity,
  },
  Authentication: {
    title: 'Authentication (3002)',
    says: 'With `classes: [authentication]`: a credential that was refused, or accepted for the first time.',
    schema: guardEventSchemas.Authentication,
  },
  AuthorizeSession: {
    title: 'Authorize Session (3003)',
    says: 'With `classes: [authorize-session]`: scopes and groups of a credential that was accepted for the first time.',
    schema: guardEventSchemas.AuthorizeSession,
  },
  ApplicationLifecycle: {
    title: 'Application Lifecycle (6002)',
    says: 'In the audit file, the audit log and to SIEMs: contract, policies and keys were read again, and came into force or did not.',
    schema: guardEventSchemas.ApplicationLifecycle,
  },
  DetectionFinding: {
    title: 'Detection Finding (2004)',
    says: 'Of incidents: `detect.notify`, and `castellan detect --format ocsf`.',
    schema: findingSchema(),
  },
};

const meaningIn = (name: string, path: string): string | undefined => otherMeanings[name]?.[path] ?? meanings[path];

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
const fields: readonly Leaf[] = leavesOf(guardEventSchemas.ApiActivity, '');

/** Fields without a meaning, and meanings of no field. */
export function unexplainedEventFields(): readonly string[] {
  const paths = new Set(fields.map(({ path }) => short(path)));
  const objects = [...paths].map((path) => path.slice(0, Math.max(0, path.lastIndexOf('.'))));
  const others = Object.entries(otherClasses).flatMap(([name, { schema }]) => {
    const known = new Set(leavesOf(schema, '').map(({ path }) => path));
    return [
      ...[...known].filter((path) => meaningIn(name, path) === undefined),
      ...Object.keys(otherMeanings[name] ?? {}).filter((path) => !known.has(path)),
    ].map((path) => `${name}: ${path}`);
  });
  return [
    ...others,
    ...[...paths].filter((path) => meanings[path] === undefined),
    ...Object.keys(meanings).filter((path) => !paths.has(path) && !objects.includes(path)),
  ];
}

const table = (
  rows: readonly Leaf[],
  meaning = (path: string): string | undefined => meanings[short(path)],
  shown = short,
): string =>
  `| field | holds | says |\n| --- | --- | --- |\n${rows
    .map(
      ({ path, values }) =>
        `| \`${shown(path)}\` | ${values.replaceAll('|', String.raw`\|`)} | ${meaning(path) ?? '…'} |`,
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

## Other classes

\`schemas/event.json\` describes these too: which one an event is says its \`class_uid\`.

${Object.entries(otherClasses)
  .map(([name, { title, says, schema }]) => {
    const rows = table(
      leavesOf(schema, ''),
      (path) => meaningIn(name, path),
      (path) => path,
    );
    return `### ${title}\n\n${says}\n\n${rows}`;
  })
  .join('\n\n')}
`,
  };
}
