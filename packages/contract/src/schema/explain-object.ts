import { forbiddenNames, isForbidden, withWaived } from './composition.ts';
import { type Explanation, memberPointer } from './explain.ts';
import { entriesOf, numberOf, type SchemaNode, stringsOf } from './node.ts';
import { patternOf } from './pattern.ts';
import type { Tracker } from './tracker.ts';

type Properties = Readonly<Record<string, unknown>>;

export function explainObject(
  explanation: Explanation,
  node: SchemaNode,
  value: Properties,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  const checks = [explainProperties, explainOtherProperties, explainCounts, explainDependencies];
  let valid = true;
  for (const holds of checks) {
    if (!valid && explanation.full) return false;
    if (!holds(explanation, node, value, pointer, tracker)) valid = false;
  }
  return valid;
}

/** A property's value; undefined where the object has none of its own. Class instances may inherit accessors, as the compiled check reads them too. */
function valueOf(object: Properties, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(object, name) ? undefined : object[name];
}

function explainProperties(
  explanation: Explanation,
  node: SchemaNode,
  value: Properties,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  const { raw } = node;
  const { rules } = node.resource;
  const { compiler } = explanation;
  if (typeof raw === 'boolean') return true;
  let valid = true;
  if (rules.validation) {
    const excused = forbiddenNames(compiler, node);
    for (const name of stringsOf(raw['required'])) {
      if (valueOf(value, name) !== undefined || excused.has(name) || node.waived.includes(name)) continue;
      valid = explanation.refuse(
        memberPointer(pointer, name),
        'required',
        'Is required',
        `Add the property ${JSON.stringify(name)}`,
      );
    }
  }
  for (const [name, schema] of rules.applicator ? entriesOf(raw, 'properties') : []) {
    const property = valueOf(value, name);
    if (property === undefined) continue;
    if (!valid && explanation.full) return false;
    const child = compiler.nodes.child(node, schema, 'properties', name);
    const at = memberPointer(pointer, name);
    if (isForbidden(compiler, child)) {
      const keyword = compiler.direction === 'request' ? 'readOnly' : 'writeOnly';
      valid = explanation.refuse(
        at,
        keyword,
        keyword === 'readOnly' ? 'Is set by the server and cannot be sent' : 'Must not be in a response',
        'Leave it out',
      );
    } else if (!explanation.apply(child, property, at, undefined)) valid = false;
    tracker?.properties.add(name);
  }
  return valid;
}

function explainOtherProperties(
  explanation: Explanation,
  node: SchemaNode,
  value: Properties,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  const { raw } = node;
  const { rules } = node.resource;
  const { nodes } = explanation.compiler;
  if (typeof raw === 'boolean' || !rules.applicator) return true;
  const patterns =
    rules.dialect === 'openapi-3.0'
      ? []
      : entriesOf(raw, 'patternProperties').map(([pattern, schema]) => ({
          pattern: patternOf(pattern, Infinity),
          schema: nodes.child(node, schema, 'patternProperties', pattern),
        }));
  const additional = raw['additionalProperties'];
  const names = rules.dialect === '2020-12' ? raw['propertyNames'] : undefined;
  if (patterns.length === 0 && additional === undefined && names === undefined) return true;
  const documented = new Set(entriesOf(raw, 'properties').map(([name]) => name));
  let valid = true;
  for (const name in value) {
    const property = value[name];
    if (property === undefined) continue;
    if (!valid && explanation.full) return false;
    const at = memberPointer(pointer, name);
    if (names !== undefined && !explanation.probe(nodes.child(node, names, 'propertyNames'), name, at, undefined)) {
      valid = explanation.refuse(
        at,
        'propertyNames',
        'The name of the property is not one that is allowed',
        'Rename it, or leave it out',
      );
    }
    let matched = false;
    for (const { pattern, schema } of patterns) {
      if (!pattern.test(name)) continue;
      matched = true;
      tracker?.properties.add(name);
      if (!explanation.apply(schema, property, at, undefined)) valid = false;
    }
    if (matched || documented.has(name) || additional === undefined) continue;
    if (additional === false)
      valid = explanation.refuse(
        at,
        'additionalProperties',
        'The contract does not describe this property',
        'Leave it out',
      );
    else if (!explanation.apply(nodes.child(node, additional, 'additionalProperties'), property, at, undefined))
      valid = false;
  }
  if (tracker !== undefined && additional !== undefined) tracker.allProperties = true;
  return valid;
}

function explainCounts(explanation: Explanation, node: SchemaNode, value: Properties, pointer: string): boolean {
  if (typeof node.raw === 'boolean' || !node.resource.rules.validation) return true;
  const fewest = numberOf(node.raw, 'minProperties');
  const most = numberOf(node.raw, 'maxProperties');
  if (fewest === undefined && most === undefined) return true;
  let count = 0;
  for (const name in value) if (value[name] !== undefined) count++;
  if (fewest !== undefined && count < fewest)
    return explanation.refuse(
      pointer,
      'minProperties',
      `Must have at least ${properties(fewest)}`,
      `Send ${properties(fewest)} or more`,
    );
  if (most !== undefined && count > most)
    return explanation.refuse(
      pointer,
      'maxProperties',
      `Must have at most ${properties(most)}`,
      `Send ${properties(most)} or fewer`,
    );
  return true;
}

function explainDependencies(
  explanation: Explanation,
  node: SchemaNode,
  value: Properties,
  pointer: string,
  tracker: Tracker | undefined,
): boolean {
  const { raw } = node;
  const { rules } = node.resource;
  const { compiler } = explanation;
  if (typeof raw === 'boolean') return true;
  const forbidden = new Set([...forbiddenNames(compiler, node), ...node.waived]);
  let valid = true;
  const apply = (keyword: string, name: string, dependent: unknown): void => {
    if (valueOf(value, name) === undefined) return;
    if (Array.isArray(dependent)) {
      for (const other of stringsOf(dependent)) {
        if (valueOf(value, other) === undefined && !forbidden.has(other)) {
          valid = explanation.refuse(
            memberPointer(pointer, other),
            keyword,
            `Is required when ${JSON.stringify(name)} is given`,
            `Add the property ${JSON.stringify(other)}`,
          );
        }
      }
    } else if (keyword !== 'dependentRequired') {
      const schema = withWaived(compiler, compiler.nodes.child(node, dependent, keyword, name), forbidden);
      if (!explanation.apply(schema, value, pointer, tracker)) valid = false;
    }
  };
  if (rules.dialect !== 'openapi-3.0')
    for (const [name, dependent] of entriesOf(raw, 'dependencies')) apply('dependencies', name, dependent);
  if (rules.dialect === '2020-12') {
    if (rules.validation)
      for (const [name, dependent] of entriesOf(raw, 'dependentRequired')) apply('dependentRequired', name, dependent);
    if (rules.applicator)
      for (const [name, dependent] of entriesOf(raw, 'dependentSchemas')) apply('dependentSchemas', name, dependent);
  }
  return valid;
}

export function explainUnevaluatedProperties(
  explanation: Explanation,
  node: SchemaNode,
  value: Properties,
  pointer: string,
  tracker: Tracker,
): boolean {
  if (typeof node.raw === 'boolean' || node.raw['unevaluatedProperties'] === undefined) return true;
  const schema = explanation.compiler.nodes.child(node, node.raw['unevaluatedProperties'], 'unevaluatedProperties');
  let valid = true;
  for (const name in value) {
    if (value[name] === undefined || tracker.hasProperty(name)) continue;
    if (!valid && explanation.full) return false;
    const at = memberPointer(pointer, name);
    const holds =
      schema.raw === false
        ? explanation.refuse(
            at,
            'unevaluatedProperties',
            'The contract does not describe this property',
            'Leave it out',
          )
        : explanation.apply(schema, value[name], at, undefined);
    if (!holds) valid = false;
  }
  tracker.allProperties = true;
  return valid;
}

function properties(count: number | bigint): string {
  return Number(count) === 1 ? '1 property' : `${count} properties`;
}
