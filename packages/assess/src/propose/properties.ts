import type { Operation } from '@castellan/contract';
import { classifyName, isBeforeLogin, plain, takesArguments } from '@castellan/meaning';
import { readFields, type Field, type Shape } from '../posture/fields.ts';
import { updating } from '../posture/patch.ts';
import type { Access } from './access.ts';
import { groupOf } from './groups.ts';
import type { Proposal, Question } from './model.ts';
import { claimGroup, groupName, kebab } from './cedar.ts';
import { propertyLocations } from './places.ts';
import { Standing } from './standing.ts';
import { callersOf, groupsOf, times, type Row, type Run } from './run.ts';
import type { TypeFacts } from './surface.ts';

/** Names of what only the server or few people set. */
const serverSide =
  /^(?:is)?(?:admin|administrator|superuser|superadmin|staff|moderator|verified|emailverified|approved|active|locked|suspended|banned|paid|premium|vip|featured|published)$|^(?:user|account)?(?:roles?|privileges?|permissions?|scopes?|groups?|accesslevel|usertype|level|tier|plan)$|^(?:account|wallet)?(?:balance|credits?|creditlimit|points)$|^(?:paymentstatus|orderstatus|status|state|discount|discountpercent|totalprice|total|price|amountpaid|refunded)$|^(?:ownerid|owner|userid|user|createdby|creatorid|authorid|tenantid|orgid|organizationid|createdat|updatedat)$/;
/** What an answer never has to hold, whoever asks. */
const neverShown =
  /^(?:password|passwd|pwd|passphrase|pin|cvv|cvc)$|^(?:hashed|encrypted|plain)?(?:password|passwd|pin)(?:hash|salt|digest)?$|^(?:hashed|encrypted)password$|^passwordhash$|^salt$|^(?:otp|totp|mfa|twofactor)secret$|^securityanswer$|^(?:resettoken|passwordresettoken|recoverycode|recoverycodes)$/;
/** What those who run the API know about others. */
const forStaff =
  /^internal|^(?:staff|admin|agent|moderat(?:or|ion)|support|risk|fraud|credit|collections?|compliance|underwriting)(?:only)?(?:notes?|remarks?|comments?|flags?|score|rating)$|^(?:cost|costprice|purchaseprice|wholesaleprice|margin|profit|markup|suppliercost|suppliername)$/;

/** Exchanges of one kind that are enough to say that nobody sends something. */
const enough = 2;

/** What to propose for single properties, in requests and in answers. */
export function propertyProposals(
  run: Run,
  access: Access,
): { readonly proposals: Proposal[]; readonly questions: Question[]; readonly groups: readonly string[] } {
  const standing = new Standing(run);
  const { fields, shapes } = readFields(run.surface.contract);
  const proposals: Proposal[] = [];
  const questions: Question[] = [];
  for (const field of fields) {
    if (field.kind !== 'property' || '$ref' in field.node.raw) continue;
    const said = field.node.raw['x-castellan'] as { readonly read?: unknown; readonly write?: unknown } | undefined;
    const written = said?.write === undefined ? writeRule(run, field, access, standing) : undefined;
    if (written !== undefined) (isProposal(written) ? proposals : questions).push(written as Proposal);
    const shown = said?.read === undefined ? readRule(run, field, access, standing) : undefined;
    if (shown !== undefined) (isProposal(shown) ? proposals : questions).push(shown as Proposal);
  }
  for (const shape of shapes) {
    const closed = closedShape(run, shape);
    if (closed !== undefined) proposals.push(closed);
  }
  return { proposals: [...standing.proposals(), ...inOneRule(proposals)], questions, groups: standing.groups };
}

function isProposal(found: Proposal | Question): found is Proposal {
  return 'kind' in found;
}

function rowsOf(run: Run, operations: readonly Operation[]): Row[] {
  const ids = new Set(operations.map(({ operationId }) => operationId));
  return run.rows.filter((row) => ids.has(row.operationId));
}

/** Whether a body held a property of this name; its holder's schema is not looked at, so that it is rather seen than not. */
function holds(row: Row, side: 'request' | 'answer', name: string): boolean {
  return row.exchange[side]?.places.some(({ at }) => at.endsWith(`/${name}`)) === true;
}

/** A request property that is the server's by its name, and that nobody, or only a group, sent. */
function writeRule(
  run: Run,
  field: Field,
  { administrators, rules }: Access,
  standing: Standing,
): Proposal | Question | undefined {
  const operations = field.writtenBy.filter((operation) => !takesArguments(operation) || operation.method !== 'DELETE');
  if (operations.length === 0 || !serverSide.test(plain(field.name)) || field.node.raw['readOnly'] === true)
    return undefined;
  const rows = rowsOf(run, operations).filter(({ exchange }) => exchange.request !== undefined);
  const senders = rows.filter((row) => holds(row, 'request', field.name));
  const where = operations.map(({ operationId }) => operationId);
  const title = `${field.name} in requests of ${where.join(', ')}`;
  const isRequired = field.required;
  if (senders.length === 0 && !isRequired && (times(rows) >= enough || isPlain(field.name))) {
    // A claim alone tells it: nobody sent it, so nobody has to be asked for.
    const group = administrators === undefined || claimGroup(administrators) !== undefined ? undefined : administrators;
    return proposalFor(run, field, rows, where, {
      write: group === undefined ? [] : [group],
      title: `${title} is ${group === undefined ? 'for nobody' : `for ${group}`} to send`,
      reason: `by its name it is not for callers to say${rows.length === 0 ? '' : `, and nobody sent it in ${times(rows)} calls`}`,
    });
  }
  const group = groupOf(run, senders);
  // Who may not call has nothing to send.
  const isClosed = operations.every(({ operationId }) =>
    rules.some(
      (rule) =>
        rule.operation.operation.operationId === operationId && rule.owner === undefined && rule.group === group,
    ),
  );
  if (isClosed && senders.length > 0) return undefined;
  const name = group === undefined ? undefined : standing.name(group, field);
  if (senders.length > 0 && group !== undefined && name !== undefined)
    return proposalFor(run, field, senders, where, {
      write: [name],
      title: `${title} is for ${groupName(group)} to send`,
      reason: `only callers in ${groupName(group)} sent it`,
    });
  if (senders.length > 0 && isPlain(field.name))
    return {
      title: `May every caller send ${title}?`,
      reason: 'by its name it gives rights, and ordinary callers sent it',
      operations: where,
    };
  return undefined;
}

/** Names that give rights, whatever they stand in. */
function isPlain(name: string): boolean {
  return /^(?:is)?(?:admin|administrator|superuser|superadmin|staff|moderator)$|^(?:user)?(?:roles?|privileges?|permissions?|usertype)$/.test(
    plain(name),
  );
}

/** A property of answers that nobody should get, or only those who may do more. */
function readRule(run: Run, field: Field, access: Access, standing: Standing): Proposal | Question | undefined {
  const name = plain(field.name);
  const readers = field.readBy.filter((operation) => !isBeforeLogin(operation));
  if (readers.length === 0 || field.node.raw['writeOnly'] === true) return undefined;
  const rows = rowsOf(run, readers);
  const where = readers.map(({ operationId }) => operationId);
  const seen = rows.filter((row) => holds(row, 'answer', field.name));
  const told = apart(run, rows, seen, field.name);
  const toldName = told === undefined ? undefined : standing.name(told, field);
  if (told !== undefined && toldName !== undefined)
    return proposalFor(run, field, seen, where, {
      read: [toldName],
      title: `${field.name} in answers is for ${groupName(told)}`,
      reason: `the application shows it to callers in ${groupName(told)} and to nobody else, in ${times(rows)} calls`,
    });
  const isStored = /password|passwd|pwd|salt/.test(name);
  if (neverShown.test(name) && (isStored || readers.length === field.readBy.length))
    return proposalFor(run, field, seen, where, {
      read: [],
      title: `${field.name} leaves in no answer`,
      reason: 'it proves who somebody is, and no client has a use for the stored form of it',
    });
  if (forStaff.test(name)) {
    const staff = [
      ...new Set([...staffAmong(run, seen), ...(access.administrators === undefined ? [] : [access.administrators])]),
    ];
    const names = staff.flatMap((group) => standing.name(group, field) ?? []);
    if (names.length === 0)
      return {
        title: `Who may read ${field.name}?`,
        reason: 'by its name it is for those who run the API',
        operations: where,
      };
    return proposalFor(run, field, seen, where, {
      read: names,
      title: `${field.name} in answers is for ${staff.map(groupName).join(', ')}`,
      reason: 'by its name it is for those who run the API',
    });
  }
  return personal(run, field, access, readers, seen, standing);
}

/** Groups that callers of these exchanges have and not everybody has: those who work there. */
function staffAmong(run: Run, rows: readonly Row[]): string[] {
  const groups = new Set(rows.flatMap(({ exchange }) => groupsOf(exchange)));
  // A claim that ordinary callers have too, each with another value, tells no staff apart: `role: user`.
  const all = [...groups].filter((group) => claimGroup(group) === undefined || !isOrdinary(run, group));
  return all.filter((group) => [...run.callers.values()].some((of) => !of.includes(group)));
}

/** Whether most callers have a group. */
function isOrdinary(run: Run, group: string): boolean {
  const all = [...run.callers.values()];
  return all.filter((groups) => groups.includes(group)).length * 2 > all.length;
}

/** The group to whom alone the application shows a property: by operations that answered both with and without it. */
function apart(run: Run, rows: readonly Row[], seen: readonly Row[], name: string): string | undefined {
  const group = groupOf(run, seen);
  if (group === undefined || times(seen) < enough) return undefined;
  const without = rows.filter(
    (row) => !holds(row, 'answer', name) && seen.some(({ operationId }) => operationId === row.operationId),
  );
  const others = without.filter(({ exchange }) => !groupsOf(exchange).includes(group));
  return times(others) >= enough && others.length === without.length ? group : undefined;
}

/** What identifies people is for themselves, and for those who may change it, where strangers may read the rest. */
function personal(
  run: Run,
  field: Field,
  { rules }: Access,
  readers: readonly Operation[],
  seen: readonly Row[],
  standing: Standing,
): Proposal | Question | undefined {
  const data = classifyName(field.name);
  if (data !== 'personal' && data !== 'financial' && data !== 'special') return undefined;
  const types = new Set(readers.flatMap(({ operationId }) => run.surface.operations.get(operationId)?.types ?? []));
  const { operations } = run.surface;
  const reader = readers.find(({ operationId }) => operations.get(operationId)?.safe === true)?.operationId ?? '';
  for (const { operation, owner, type, group } of rules) {
    if (owner === undefined || type === undefined || operation.safe || operation.id === undefined) continue;
    if (!types.has(type.type) || !isIn(run, type, field)) continue;
    // Where reading is the owner's already, there is nothing to hide.
    if (
      rules.some(
        (rule) => rule.type === type && rule.operation.operation.operationId === reader && rule.owner !== undefined,
      )
    )
      return undefined;
    const { operationId } = operation.operation;
    return proposalFor(
      run,
      field,
      seen,
      readers.map((one) => one.operationId),
      {
        read: [`action:${operationId}`, ...(group === undefined ? [] : [standing.name(group, field) ?? []].flat())],
        title: `${field.name} in answers is for who may ${operationId}`,
        reason: `it is ${data} data, and everybody may read a ${type.type}`,
      },
    );
  }
  return undefined;
}

/** Whether a property is one of a type, or of what an object of it holds itself: `author: { email }`. */
function isIn(run: Run, type: TypeFacts, field: Field): boolean {
  if (type.attributes.has(field.name)) return true;
  return [...type.attributes.keys()].some((name) =>
    propertyLocations(run.surface.contract, type.type, `${name}.${field.name}`).some(
      ({ document, pointer }) => pointer === field.location.pointer && document === field.location.document,
    ),
  );
}

interface Said {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly title: string;
  readonly reason: string;
}

function proposalFor(
  run: Run,
  field: Field,
  rows: readonly Row[],
  operations: readonly string[],
  { read, write, title, reason }: Said,
): Proposal | undefined {
  const extension = read === undefined ? { write } : { read };
  const { actions } = updating(
    run.surface.contract,
    title,
    [{ at: field.location, update: { 'x-castellan': extension } }],
    false,
  );
  if (actions === undefined) return undefined;
  return {
    id: `${read === undefined ? 'write' : 'read'}-${kebab(`${field.owner?.name ?? ''} ${field.name}`)}`,
    kind: read === undefined ? 'write' : 'read',
    basis: rows.length > 0 ? 'run' : 'document',
    title,
    reason,
    rows: times(rows),
    callers: callersOf(rows),
    refused: 0,
    operations,
    overlay: actions,
  };
}

/** A request schema to which nobody sends what it does not name. */
function closedShape(run: Run, shape: Shape): Proposal | undefined {
  const { raw, location } = shape.node;
  if (shape.partial || shape.fields.length === 0 || shape.writtenBy.length === 0) return undefined;
  if (raw['additionalProperties'] !== undefined || raw['unevaluatedProperties'] !== undefined) return undefined;
  if (['allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in raw)) return undefined;
  const rows = rowsOf(run, shape.writtenBy).filter(({ exchange }) => exchange.request !== undefined);
  const answers = rowsOf(run, shape.readBy);
  const open = (row: Row, side: 'request' | 'answer'): boolean =>
    row.exchange[side]?.places.some(({ undocumented }) => undocumented === true) === true;
  if (rows.some((row) => open(row, 'request')) || answers.some((row) => open(row, 'answer'))) return undefined;
  if (times(rows) === 0 && shape.readBy.length > 0) return undefined;
  const title = `${shape.name || `the body of ${shape.writtenBy[0]?.operationId ?? 'a request'}`} holds only what it names`;
  const { actions } = updating(
    run.surface.contract,
    title,
    [{ at: location, update: { additionalProperties: false } }],
    false,
  );
  if (actions === undefined) return undefined;
  return {
    id: `closed-${kebab(shape.name || (shape.writtenBy[0]?.operationId ?? 'body'))}`,
    kind: 'closed',
    basis: rows.length > 0 ? 'run' : 'document',
    title,
    reason: `${rows.length === 0 ? '' : `nobody sent anything else in ${times(rows)} calls; `}what is not named may be stored all the same`,
    rows: times(rows),
    callers: callersOf(rows),
    refused: 0,
    operations: shape.writtenBy.map(({ operationId }) => operationId),
    overlay: actions,
  };
}

/** A property with a rule for requests and one for answers says both at one place. */
function inOneRule(proposals: readonly Proposal[]): Proposal[] {
  const ids = new Map<string, number>();
  return proposals.map((proposal) => {
    const n = (ids.get(proposal.id) ?? 0) + 1;
    ids.set(proposal.id, n);
    return n === 1 ? proposal : { ...proposal, id: `${proposal.id}-${n}` };
  });
}
