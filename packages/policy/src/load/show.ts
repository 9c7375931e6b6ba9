import { nodeOf, type Expression, type PatternElement } from './est.ts';
import { fromJson } from '../values/from-json.ts';
import { show } from '../values/value.ts';

const identifier = /^[A-Za-z_]\w*$/;
const methods = new Set(['contains', 'containsAll', 'containsAny', 'getTag', 'hasTag']);
const constructors = new Set(['ip', 'decimal', 'datetime', 'duration']);

/** An expression as one would write it, on one line. */
export function showExpression(expression: Expression): string {
  const node = nodeOf(expression);
  switch (node.op) {
    case 'value':
      return show(fromJson(node.value));
    case 'var':
    case 'slot':
      return node.name;
    case '!':
      return `!${operand(node.arg)}`;
    case 'neg':
      return `-${operand(node.arg)}`;
    case 'isEmpty':
      return `${operand(node.arg)}.isEmpty()`;
    case '.':
      return identifier.test(node.attr)
        ? `${operand(node.left)}.${node.attr}`
        : `${operand(node.left)}[${JSON.stringify(node.attr)}]`;
    case 'has':
      return `${operand(node.left)} has ${node.path.every((name) => identifier.test(name)) ? node.path.join('.') : JSON.stringify(node.path[0])}`;
    case 'like':
      return `${operand(node.left)} like "${node.pattern.map(showPattern).join('')}"`;
    case 'is':
      return `${operand(node.left)} is ${node.type}${node.in === undefined ? '' : ` in ${operand(node.in)}`}`;
    case 'if':
      return `if ${showExpression(node.if)} then ${showExpression(node.then)} else ${showExpression(node.else)}`;
    case 'set':
      return `[${node.elements.map(showExpression).join(', ')}]`;
    case 'record':
      return `{${[...node.fields].map(([name, value]) => `${JSON.stringify(name)}: ${showExpression(value)}`).join(', ')}}`;
    case 'call': {
      const [first, ...others] = node.args;
      if (constructors.has(node.name) || first === undefined)
        return `${node.name}(${node.args.map(showExpression).join(', ')})`;
      return `${operand(first)}.${node.name}(${others.map(showExpression).join(', ')})`;
    }
    case '&&':
    case '||':
      return `${chained(node.left, node.op)} ${node.op} ${operand(node.right)}`;
    default:
      return methods.has(node.op)
        ? `${operand(node.left)}.${node.op}(${showExpression(node.right)})`
        : `${operand(node.left)} ${node.op} ${operand(node.right)}`;
  }
}

const atoms = new Set(['value', 'var', 'slot', '.', 'isEmpty', 'set', 'record', 'call', ...methods]);

function operand(expression: Expression): string {
  const text = showExpression(expression);
  return atoms.has(nodeOf(expression).op) ? text : `(${text})`;
}

/** `a && b && c` needs no parentheses, and comparisons within need none either. */
function chained(expression: Expression, op: '&&' | '||'): string {
  return nodeOf(expression).op === op ? showExpression(expression) : operand(expression);
}

function showPattern(element: PatternElement): string {
  return element === 'Wildcard'
    ? '*'
    : JSON.stringify(element.Literal)
        .slice(1, -1)
        .replaceAll('*', String.raw`\*`);
}
