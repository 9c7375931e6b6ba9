import { formatPlace } from '@castellan/contract';
import { compileCondition, compileExpression } from '../evaluate/expression.ts';
import { fits } from '../evaluate/index-policies.ts';
import type { Evaluation } from '../evaluate/request.ts';
import { nodeOf, type Expression, type ScopeJson } from '../load/est.ts';
import { placeOfPolicy, type LoadedPolicy } from '../load/policies.ts';
import { showExpression } from '../load/show.ts';
import { EntityRef } from '../values/entity.ts';
import { Fault } from '../values/fault.ts';
import { show } from '../values/value.ts';
import { isSensitive, type SensitiveProperties } from './sensitive.ts';

/** The value that a part of a condition had; `undefined` where it is sensitive. */
export interface ComparedValue {
  readonly expression: string;
  readonly value: string | undefined;
}

/** What one policy had to say about a request. */
export interface PolicyExplanation {
  readonly policyId: string;
  /** `file:line:column`. */
  readonly place: string;
  readonly effect: 'permit' | 'forbid';
  /** `other-head`: it is for other principals or resources. */
  readonly outcome: 'satisfied' | 'not-satisfied' | 'error' | 'other-head';
  /** The part of the head or of a condition that decided, with the values compared. */
  readonly because?: {
    readonly expression: string;
    /** What it was found to be; absent where it could not be evaluated. */
    readonly was?: boolean;
    readonly error?: string;
    readonly values: readonly ComparedValue[];
  };
  /** Whether it determined the decision. */
  readonly determined: boolean;
}

/** A decision with the part that each policy for its action had in it. */
export interface Explanation {
  readonly decision: 'allow' | 'deny';
  readonly reasons: readonly string[];
  readonly policies: readonly PolicyExplanation[];
  /** How many policies are for other actions. */
  readonly forOtherActions: number;
}

/** Explains what one policy had to say. */
export function explainPolicy(
  policy: LoadedPolicy,
  request: Evaluation,
  determined: boolean,
  sensitive: SensitiveProperties,
): PolicyExplanation {
  const { json, id } = policy;
  const place = formatPlace(placeOfPolicy(policy));
  const base = { policyId: id, place, effect: json.effect, determined };
  for (const variable of ['principal', 'resource'] as const) {
    const scope = json[variable];
    if (fits(scope, request[variable], request)) continue;
    const values = [{ expression: variable, value: String(request[variable]) }];
    const because = { expression: showScope(variable, scope), was: false, values };
    return { ...base, outcome: 'other-head', because };
  }
  for (const { kind, body } of json.conditions) {
    const wanted = kind === 'when';
    const deciding = decide(body, request, wanted);
    if (deciding === undefined) continue;
    const { expression, error } = deciding;
    const values = compared(expression, request, sensitive);
    const text = showExpression(expression);
    if (error !== undefined) return { ...base, outcome: 'error', because: { expression: text, error, values } };
    return { ...base, outcome: 'not-satisfied', because: { expression: text, was: deciding.was, values } };
  }
  return { ...base, outcome: 'satisfied' };
}

interface Deciding {
  readonly expression: Expression;
  readonly was: boolean;
  readonly error?: string;
}

/** The smallest part that made a condition differ from what was wanted; `undefined` where it did not. */
function decide(expression: Expression, request: Evaluation, wanted: boolean): Deciding | undefined {
  const node = nodeOf(expression);
  const whole = evaluate(expression, request);
  if (whole === wanted) return undefined;
  const found =
    typeof whole === 'boolean' ? { expression, was: whole } : { expression, was: false, error: whole.message };
  switch (node.op) {
    case '&&':
    case '||': {
      const left = evaluate(node.left, request);
      // What stopped the evaluation: the left side where it is false (`&&`), true (`||`) or in error; else the right.
      const stops = typeof left !== 'boolean' || left === (node.op === '||');
      if (typeof whole !== 'boolean' || node.op === (wanted ? '&&' : '||')) {
        return decide(stops ? node.left : node.right, request, wanted) ?? found;
      }
      return found;
    }
    case '!':
      return decide(node.arg, request, !wanted) ?? found;
    case 'if': {
      const given = evaluate(node.if, request);
      if (typeof given !== 'boolean') return decide(node.if, request, true) ?? found;
      return decide(given ? node.then : node.else, request, wanted) ?? found;
    }
    default:
      return found;
  }
}

function evaluate(expression: Expression, request: Evaluation): boolean | Fault {
  try {
    return compileCondition(expression)(request);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** The operands of an expression with their values; literals speak for themselves. */
function compared(expression: Expression, request: Evaluation, sensitive: SensitiveProperties): ComparedValue[] {
  const values: ComparedValue[] = [];
  for (const operand of operandsOf(expression)) {
    if (!mentionsRequest(operand)) continue;
    const text = showExpression(operand);
    if (values.some((known) => known.expression === text)) continue;
    values.push({ expression: text, value: valueOf(operand, request, sensitive) });
  }
  return values;
}

function operandsOf(expression: Expression): readonly Expression[] {
  const node = nodeOf(expression);
  switch (node.op) {
    case 'value':
    case 'var':
    case '.':
      return [expression];
    case 'has':
    case 'like':
      return [node.left];
    case 'is':
      return node.in === undefined ? [node.left] : [node.left, node.in];
    case '&&':
    case '||':
      return [...operandsOf(node.left), ...operandsOf(node.right)];
    case '!':
      return operandsOf(node.arg);
    case 'neg':
    case 'isEmpty':
      return [node.arg];
    case 'call':
      return node.args;
    case 'if':
      return [node.if, node.then, node.else];
    case 'slot':
    case 'set':
    case 'record':
      return [expression];
    default:
      return [node.left, node.right];
  }
}

const mentionsRequest = (expression: Expression) => /"Var":/.test(JSON.stringify(expression, bigintAsText));
const bigintAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

const longest = 200;

function valueOf(expression: Expression, request: Evaluation, sensitive: SensitiveProperties): string | undefined {
  if (isSensitive(expression, request, sensitive)) return undefined;
  try {
    const value = compileExpression(expression)(request);
    const text = value instanceof EntityRef ? String(value) : show(value);
    return text.length > longest ? `${text.slice(0, longest)}…` : text;
  } catch (error) {
    if (error instanceof Fault) return `error: ${error.message}`;
    throw error;
  }
}

/** A part of a head as one would write it. */
function showScope(variable: string, scope: ScopeJson): string {
  const uid = (entity: { type: string; id: string } | undefined) =>
    entity === undefined ? '?' : `${entity.type}::${JSON.stringify(entity.id)}`;
  switch (scope.op) {
    case 'All':
      return variable;
    case '==':
      return `${variable} == ${uid(scope.entity)}`;
    case 'in':
      return `${variable} in ${scope.entities === undefined ? uid(scope.entity) : `[${scope.entities.map(uid).join(', ')}]`}`;
    case 'is':
      return `${variable} is ${scope.entity_type}${scope.in === undefined ? '' : ` in ${uid(scope.in.entity)}`}`;
  }
}
