import { escapePointer, type Contract, type Location } from '@castellan/contract';
import { isJsonType } from '../posture/bodies.ts';
import { follow, isRaw, type SchemaNode } from '../posture/constraint.ts';
import { plain } from '@castellan/meaning';
import { givenChanges } from './answers.ts';
import type { Change } from './change.ts';
import { digestOf } from './digest.ts';
import { plainType, valuesOf, type Value, type Values } from './flatten.ts';

/** A request that the API makes: an operation of a callback or webhook, as written. */
export interface Sent {
  readonly contract: Contract;
  readonly node: SchemaNode;
}

type Raw = Readonly<Record<string, unknown>>;
type Root = Pick<Value, 'path' | 'name' | 'node' | 'required'>;

/** By which a receiver knows who sends. */
const SIGNATURE = /signature|hmac|digest|authorization|secret|token/;
/** Members of an operation that are compared each by itself, and those that bind nothing. */
const COMPARED = /^(?:requestBody|parameters|responses|security|servers|tags|operationId|summary|description)$/;

/**
 * How a request that the API makes changed, member by member: what it sends counts like an answer, what it takes back like a
 * request. What has no rule of its own is told as changed.
 * @param name what begins each message: `the webhook paid`
 * @param operation whose callback it is
 */
export function* sentChanges(name: string, old: Sent, now: Sent, operation?: string): Generator<Change> {
  if (digestOf(old.contract, old.node) === digestOf(now.contract, now.node)) return;
  const place = now.contract.place(now.node.location);
  const about = { ...(operation === undefined ? {} : { operation }), place };
  const changed = (text: string): Change => ({
    kind: 'breaking',
    code: 'sent-changed',
    severity: 'low',
    message: `${name}: ${text}`,
    ...about,
  });
  for (const change of givenChanges(name, sentValues(old), sentValues(now), 'sent'))
    yield { ...change, ...(operation === undefined ? {} : { operation }) };
  yield* mediaTypes(old, now, changed);
  yield* headers(name, old, now, about);
  if (differ(old, now, 'security'))
    yield {
      kind: 'security',
      code: 'sender-changed',
      severity: 'medium',
      message: `${name}: by what receivers know the sender changed, and could not be judged`,
      ...about,
    };
  if (differ(old, now, 'servers'))
    yield {
      kind: 'security',
      code: 'server-added',
      severity: 'medium',
      message: `${name}: it goes to other servers now, and could not be judged`,
      ...about,
    };
  if (differ(old, now, 'responses')) yield changed('what receivers may answer changed');
  const rest = new Set([...Object.keys(old.node.raw), ...Object.keys(now.node.raw)]);
  for (const key of rest)
    if (!COMPARED.test(key) && !/^x-(?!castellan)/.test(key) && differ(old, now, key))
      yield {
        kind: 'security',
        code: 'not-judged',
        severity: 'medium',
        message: `${name}: ${key} changed and could not be judged`,
        ...about,
      };
}

/** Everything that is sent: parameters, and the body by its media types. */
function sentValues({ contract, node }: Sent): Values {
  const roots: Root[] = [];
  for (const { name, where, raw, location } of parametersOf({ contract, node }).values()) {
    const schema: unknown = raw['schema'];
    if (isRaw(schema))
      roots.push({
        path: `${where}.${name}`,
        name,
        node: { raw: schema, location: below(location, 'schema') },
        required: raw['required'] === true,
      });
  }
  for (const [type, media] of contentOf({ contract, node })) {
    const schema: unknown = media.raw['schema'];
    if (isRaw(schema))
      roots.push({
        path: isJsonType(type) ? 'body' : `body (${plainType(type)})`,
        name: '',
        node: { raw: schema, location: below(media.location, 'schema') },
        required: true,
      });
  }
  const values = new Map(valuesOf(contract, roots));
  for (const [path, { writeOnly }] of values) if (writeOnly) values.delete(path);
  return values;
}

function* mediaTypes(old: Sent, now: Sent, changed: (text: string) => Change): Generator<Change> {
  const [was, is] = [contentOf(old), contentOf(now)];
  for (const type of is.keys()) if (!was.has(type)) yield changed(`it may be sent as ${type} now`);
  for (const type of was.keys()) if (!is.has(type)) yield changed(`it is no longer sent as ${type}`);
  for (const [type, media] of is) {
    const before = was.get(type);
    if (before === undefined) continue;
    for (const key of ['encoding', 'itemSchema'])
      if (differ({ contract: old.contract, node: before }, { contract: now.contract, node: media }, key))
        yield changed(`the ${key} of ${type} changed, and could not be judged`);
    // A schema that is true, false or missing has no values to compare.
    const [schema, other] = [before.raw['schema'], media.raw['schema']];
    if (isRaw(schema) !== isRaw(other) || (!isRaw(schema) && schema !== other))
      yield changed(`what is sent as ${type} is ${isRaw(other) ? 'described otherwise' : 'no longer described'}`);
  }
}

function* headers(name: string, old: Sent, now: Sent, about: Pick<Change, 'operation' | 'place'>): Generator<Change> {
  const [was, is] = [parametersOf(old), parametersOf(now)];
  for (const [key, one] of was) {
    const other = is.get(key);
    if (
      SIGNATURE.test(plain(one.name)) &&
      (other === undefined || (one.raw['required'] === true && other.raw['required'] !== true))
    )
      yield {
        kind: 'security',
        code: 'signature-dropped',
        severity: 'high',
        message: `${name}: ${one.where} ${one.name} ${other === undefined ? 'is gone' : 'may be missing now'}: receivers know the sender by it`,
        ...about,
      };
    if (other === undefined) continue;
    for (const word of ['style', 'explode', 'allowReserved', 'content'])
      if (differ({ contract: old.contract, node: one }, { contract: now.contract, node: other }, word))
        yield {
          kind: 'breaking',
          code: 'sent-changed',
          severity: 'low',
          message: `${name}: ${one.where} ${one.name} is written otherwise: its ${word} changed`,
          ...about,
        };
  }
}

interface Named extends SchemaNode {
  readonly name: string;
  readonly where: string;
}

function parametersOf({ contract, node }: Sent): ReadonlyMap<string, Named> {
  const found = new Map<string, Named>();
  const listed: unknown = node.raw['parameters'];
  for (const [index, one] of (Array.isArray(listed) ? (listed as unknown[]) : []).entries()) {
    if (!isRaw(one)) continue;
    const location = below(below(node.location, 'parameters'), String(index));
    const target = follow(contract, { raw: one, location }) ?? { raw: one, location };
    const { name, in: where } = target.raw;
    if (typeof name === 'string' && typeof where === 'string')
      found.set(`${where} ${where === 'header' ? name.toLowerCase() : name}`, { ...target, name, where });
  }
  return found;
}

function contentOf({ contract, node }: Sent): ReadonlyMap<string, SchemaNode> {
  const found = new Map<string, SchemaNode>();
  const written: unknown = node.raw['requestBody'];
  if (!isRaw(written)) return found;
  const body = follow(contract, { raw: written, location: below(node.location, 'requestBody') });
  const content: unknown = body?.raw['content'];
  if (body === undefined || !isRaw(content)) return found;
  for (const [type, raw] of Object.entries(content))
    if (isRaw(raw)) found.set(type, { raw, location: below(below(body.location, 'content'), type) });
  return found;
}

function differ(old: Sent, now: Sent, key: string): boolean {
  return digest(old, key) !== digest(now, key);
}

function digest({ contract, node }: Sent, key: string): string {
  const value: unknown = node.raw[key];
  if (value === undefined) return '';
  const wrapped: Raw = { [key]: value };
  return digestOf(contract, { raw: wrapped, location: node.location });
}

function below({ document, pointer }: Location, key: string): Location {
  return { document, pointer: `${pointer}/${escapePointer(key)}` };
}
