import type { Contract, Operation } from '@castellan/contract';
import type { Hidden, Unseen } from '../findings/score.ts';
import type { Api } from './api.ts';
import { isJsonType, successes } from './bodies.ts';
import { follow, isRaw, partsOf, type SchemaNode } from './constraint.ts';
import type { ContractRule } from './rule.ts';
import { severities, type Severity } from '../findings/risk.ts';
import { endsInParameter, isHealth, segmentsOf, takesArguments, wordsOf } from '@castellan/meaning';

/** Keywords that say what a value may hold. */
const SAYS = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
  'contains',
  'enum',
  'const',
  'not',
  'if',
  'format',
  'pattern',
  '$dynamicRef',
  'contentMediaType',
];
/** Words of what an envelope says beside the data. */
const BESIDE =
  /^(?:total|count|page|pages|limit|offset|next|previous|cursor|status|code|message|success|ok|error|type|size)$/;
const DEEPEST = 8;

/** Whether a schema lets anything through, or any object, or any list: `{}`, `{ type: object }`, and parts that say no more. */
function saysNothing(contract: Contract, node: SchemaNode, depth = 0): boolean {
  const target = follow(contract, node);
  if (target === undefined || depth > DEEPEST) return false;
  const { raw } = target;
  if (SAYS.some((keyword) => says(contract, target, keyword, depth))) return false;
  const { type } = raw;
  const types: readonly unknown[] = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (types.some((one) => one !== 'object' && one !== 'array' && one !== 'null')) return false;
  if (partsOf(target, 'allOf').some((part) => !saysNothing(contract, part, depth + 1))) return false;
  return (['anyOf', 'oneOf'] as const).every((keyword) => {
    const parts = partsOf(target, keyword);
    return (
      parts.length === 0 || parts.some((part) => part.raw['type'] !== 'null' && saysNothing(contract, part, depth + 1))
    );
  });
}

/** Whether one keyword says anything: `properties: {}`, `items: {}` and `additionalProperties: true` do not. */
function says(contract: Contract, { raw, location }: SchemaNode, keyword: string, depth: number): boolean {
  const value = raw[keyword];
  if (value === undefined || value === true) return false;
  if (keyword === 'properties' || keyword === 'patternProperties') return isRaw(value) && Object.keys(value).length > 0;
  if (
    (keyword === 'items' || keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') &&
    isRaw(value)
  )
    return !saysNothing(
      contract,
      { raw: value, location: { ...location, pointer: `${location.pointer}/${keyword}` } },
      depth + 1,
    );
  return true;
}

/**
 * How much of what operations take and give no schema describes, 0 to 1: the places that may hold anything, among them
 * and the described values beside them. What was never described cannot be seen to be weak, and is not safer for it.
 */
function undescribed({ contract, fields, shapes, operations }: Api): {
  readonly taken: Unseen;
  readonly given: Unseen;
} {
  const taken = new Counts();
  const given = new Counts();
  // Where no data is described anywhere, nobody can know that there is some.
  const describesData = fields.some(({ kind }) => kind === 'property') || hasSchemas(contract);
  for (const operation of operations) {
    if (operation.body === undefined && bringsSomething(operation)) taken.anything(operation);
    for (const { schema, content } of operation.parameters)
      if (content === undefined && (schema === undefined || schema.raw === true)) taken.anything(operation);
    for (const { type, schema } of operation.body?.content ?? [])
      if (isJsonType(type) && (schema === undefined || schema.raw === true)) taken.anything(operation);
    if (describesData && givesNothing(operation)) given.anything(operation);
    for (const { content } of successes(operation))
      for (const { type, schema, itemSchema } of content)
        if (
          (isJsonType(type) || type === '*/*') &&
          itemSchema === undefined &&
          (schema === undefined || schema.raw === true)
        )
          given.anything(operation);
  }
  const described: (typeof fields)[number][] = [];
  for (const field of fields) {
    if (field.kind === 'header') continue;
    if (saysNothing(contract, field.node)) {
      for (const operation of field.writtenBy) taken.anything(operation);
      for (const operation of field.readBy) given.anything(operation);
    } else if (
      (field.kind === 'property' || field.kind === 'parameter') &&
      !isBeside(field.name) &&
      isLeaf(field.target)
    )
      described.push(field);
  }
  for (const { node, writtenBy, readBy } of shapes)
    for (const value of Object.values(Object(node.raw['properties']) as object))
      if (value === true) {
        for (const operation of writtenBy) taken.anything(operation);
        for (const operation of readBy) given.anything(operation);
      }
  for (const { writtenBy, readBy } of described) {
    for (const operation of writtenBy) taken.described(operation);
    for (const operation of readBy) given.described(operation);
  }
  return { taken: taken.shares(), given: given.shares() };
}

/**
 * Whether a call without a described body must have one: what is replaced or changed, put into a collection, or called
 * without anything else that says what is meant. An action of one object (`POST /orders/{id}/cancel`) needs none.
 */
function bringsSomething({ method, path }: Operation): boolean {
  if (method === 'PUT' || method === 'PATCH') return true;
  if (method !== 'POST' || endsInParameter(path)) return false;
  const words = wordsOf(segmentsOf(path).at(-1) ?? '');
  if (words.length === 1 && /[^s]s$/.test(words[0] ?? '')) return true;
  const named = segmentsOf(path).filter((segment) => !/^v\d/.test(segment));
  return named.length === 1 && !path.includes('{') && !ENDS_SESSION.test(words.join(''));
}

const ENDS_SESSION =
  /^(?:logout|signout|logoff|abmelden|deconnexion|cerrarsesion|sair|refresh|ping|health|shutdown|restart)$/;

/** Whether a read succeeds without a word of what it gives, though a read gives something: not what tells that it is up, or leads elsewhere. */
function givesNothing(operation: Operation): boolean {
  const answers = successes(operation).filter(({ status }) => status !== '204' && status !== '205');
  return (
    (operation.method === 'GET' ||
      operation.method === 'QUERY' ||
      (operation.method === 'POST' && takesArguments(operation))) &&
    !isHealth(operation) &&
    answers.length > 0 &&
    answers.every(({ content }) => content.length === 0) &&
    !operation.responses.some(({ status }) => status.startsWith('3'))
  );
}

/** Whether the document keeps schemas for its operations to refer to. */
function hasSchemas({ document }: Contract): boolean {
  const { schemas } = Object(document['components']) as { readonly schemas?: unknown };
  return Object.keys(Object(schemas ?? document['definitions']) as object).length > 0;
}

/** What each rule over data cannot see. */
export function* hiddenFrom(rules: readonly ContractRule[], api: Api): Generator<Hidden> {
  const { taken, given } = undescribed(api);
  if (taken.size + given.size === 0) return;
  const both = new Map(taken);
  for (const [operation, part] of given) both.set(operation, Math.max(part, both.get(operation) ?? 0));
  for (const rule of rules) {
    const severity = typeof rule.severity === 'string' ? rule.severity : rule.severity[api.profile];
    if (rule.reads === undefined || severity === 'off') continue;
    const operations = rule.reads === 'both' ? both : rule.reads === 'requests' ? taken : given;
    if (operations.size > 0) yield { rule: rule.id, severity: worse(rule, severity), operations };
  }
}

/** The severity that a weighed rule reaches at worst. */
function worse({ weighed }: ContractRule, severity: Severity): Severity {
  return weighed === true ? (severities[Math.max(0, severities.indexOf(severity) - 1)] ?? severity) : severity;
}

class Counts {
  readonly #of = new Map<Operation, { nothing: number; something: number }>();

  anything(operation: Operation): void {
    const known = this.#of.get(operation);
    if (known === undefined) this.#of.set(operation, { nothing: 1, something: 0 });
    else known.nothing += 1;
  }
  /** Only where something may be anything: elsewhere nobody asks. */
  described(operation: Operation): void {
    const known = this.#of.get(operation);
    if (known !== undefined) known.something += 1;
  }
  shares(): Unseen {
    return new Map(
      [...this.#of].map(([{ operationId }, { nothing, something }]) => [operationId, nothing / (nothing + something)]),
    );
  }
}

/** A value that is no object and no list: what data rules speak about. */
function isLeaf({ raw }: SchemaNode): boolean {
  return raw['properties'] === undefined && raw['type'] !== 'object' && raw['type'] !== 'array';
}

function isBeside(name: string): boolean {
  return wordsOf(name).every((word) => BESIDE.test(word));
}
