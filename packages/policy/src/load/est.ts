/**
 * Cedar's JSON form of policies (EST), as the official engine writes it. Long literals outside ±(2^53 − 1) are bigints,
 * because JSON numbers cannot hold them.
 */
export interface PolicyJson {
  readonly effect: 'permit' | 'forbid';
  readonly principal: ScopeJson;
  readonly action: ScopeJson;
  readonly resource: ScopeJson;
  readonly conditions: readonly ConditionJson[];
  readonly annotations?: Readonly<Record<string, string | null>>;
}

export interface UidJson {
  readonly type: string;
  readonly id: string;
}

/** What a policy's head says of the principal, the action or the resource. */
export type ScopeJson =
  | { readonly op: 'All' }
  | { readonly op: '=='; readonly entity?: UidJson; readonly slot?: string }
  | { readonly op: 'in'; readonly entity?: UidJson; readonly entities?: readonly UidJson[]; readonly slot?: string }
  | {
      readonly op: 'is';
      readonly entity_type: string;
      readonly in?: { readonly entity?: UidJson; readonly slot?: string };
    };

interface ConditionJson {
  readonly kind: 'when' | 'unless';
  readonly body: Expression;
}

/** One operator with its operands: exactly one key. Extension functions are `{ name: [arguments] }`. */
export type Expression = Readonly<Record<string, unknown>>;

interface Binary {
  readonly left: Expression;
  readonly right: Expression;
}

type Variable = 'principal' | 'action' | 'resource' | 'context';

/** An expression by its operator. What has no operator of its own here is a call of an extension function. */
export type Node =
  | { readonly op: 'value'; readonly value: unknown }
  | { readonly op: 'var'; readonly name: Variable }
  | { readonly op: 'slot'; readonly name: string }
  | UnaryNode<'!' | 'neg' | 'isEmpty'>
  | BinaryNode<BinaryOperator>
  | { readonly op: '.'; readonly left: Expression; readonly attr: string }
  | { readonly op: 'has'; readonly left: Expression; readonly path: readonly string[] }
  | { readonly op: 'like'; readonly left: Expression; readonly pattern: readonly PatternElement[] }
  | { readonly op: 'is'; readonly left: Expression; readonly type: string; readonly in: Expression | undefined }
  | { readonly op: 'if'; readonly if: Expression; readonly then: Expression; readonly else: Expression }
  | { readonly op: 'set'; readonly elements: readonly Expression[] }
  | { readonly op: 'record'; readonly fields: ReadonlyMap<string, Expression> }
  | { readonly op: 'call'; readonly name: string; readonly args: readonly Expression[] };

type UnaryNode<Operator> = Operator extends string ? { readonly op: Operator; readonly arg: Expression } : never;
type BinaryNode<Operator> = Operator extends string
  ? { readonly op: Operator; readonly left: Expression; readonly right: Expression }
  : never;

export type PatternElement = 'Wildcard' | { readonly Literal: string };

const binaryOperators = [
  '==',
  '!=',
  'in',
  '<',
  '<=',
  '>',
  '>=',
  '&&',
  '||',
  '+',
  '-',
  '*',
  'contains',
  'containsAll',
  'containsAny',
  'getTag',
  'hasTag',
] as const;
export type BinaryOperator = (typeof binaryOperators)[number];
const isBinary = (op: string): op is BinaryOperator => (binaryOperators as readonly string[]).includes(op);

/** Reads the one operator of an expression. The engine has checked its form. */
export function nodeOf(expression: Expression): Node {
  const [op] = Object.keys(expression);
  if (op === undefined) throw new TypeError('an expression of a policy has no operator');
  const body = expression[op];
  if (Array.isArray(body) && op !== 'Set') return { op: 'call', name: op, args: body as Expression[] };
  if (isBinary(op)) return { op, ...(body as Binary) };
  switch (op) {
    case 'Value':
      return { op: 'value', value: body };
    case 'Var':
      return { op: 'var', name: body as Variable };
    case 'Slot':
      return { op: 'slot', name: body as string };
    case '!':
    case 'neg':
    case 'isEmpty':
      return { op, arg: (body as { arg: Expression }).arg };
    case '.':
      return { op, ...(body as { left: Expression; attr: string }) };
    case 'has': {
      const { left, attr } = body as { left: Expression; attr: string | readonly string[] };
      return { op, left, path: typeof attr === 'string' ? [attr] : attr };
    }
    case 'like':
      return { op, ...(body as { left: Expression; pattern: readonly PatternElement[] }) };
    case 'is': {
      const { left, entity_type, in: group } = body as { left: Expression; entity_type: string; in?: Expression };
      return { op, left, type: entity_type, in: group };
    }
    case 'if-then-else':
      return { op: 'if', ...(body as { if: Expression; then: Expression; else: Expression }) };
    case 'Set':
      return { op: 'set', elements: body as readonly Expression[] };
    case 'Record':
      return { op: 'record', fields: new Map(Object.entries(body as Record<string, Expression>)) };
    default:
      throw new TypeError(`the operator '${op}' is not known`);
  }
}

/** The expressions directly within an expression. */
export function childrenOf(node: Node): readonly Expression[] {
  switch (node.op) {
    case 'value':
    case 'var':
    case 'slot':
      return [];
    case '!':
    case 'neg':
    case 'isEmpty':
      return [node.arg];
    case '.':
    case 'has':
    case 'like':
      return [node.left];
    case 'is':
      return node.in === undefined ? [node.left] : [node.left, node.in];
    case 'if':
      return [node.if, node.then, node.else];
    case 'set':
      return node.elements;
    case 'record':
      return [...node.fields.values()];
    case 'call':
      return node.args;
    default:
      return [node.left, node.right];
  }
}
