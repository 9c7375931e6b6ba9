import { parseSync, Visitor } from 'oxc-parser';

/** One change of one place of a source file. */
export interface Mutant {
  readonly file: string;
  /** The expression or statement that is replaced, by its offsets. */
  readonly start: number;
  readonly end: number;
  /** What stands there instead; undefined where a statement is taken out. */
  readonly text: string | undefined;
  /** What was done, for people, and where exactly. */
  readonly what: string;
  readonly shown: Node;
}

interface Node {
  readonly start: number;
  readonly end: number;
}

const operators: Readonly<Record<string, string>> = {
  '&&': '||',
  '||': '&&',
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
};

/**
 * Every mutant of a source file: conditions that always or never hold, operators turned round, negations and statements taken
 * out, truths swapped, results left out. Texts stay: most are for people.
 */
export function mutantsOf(file: string, source: string): Mutant[] {
  const mutants: Mutant[] = [];
  const textOf = ({ start, end }: Node): string => source.slice(start, end);
  const replace = (node: Node, text: string | undefined, what: string, shown: Node = node): void => {
    if (textOf(node) !== text) mutants.push({ file, start: node.start, end: node.end, text, what, shown });
  };
  const turnRound = (node: Node, left: Node, right: Node, operator: string): void => {
    const other = operators[operator];
    if (other === undefined) return;
    // A text that is put together is no sum.
    if (operator === '+' && /['"`]/.test(source.slice(left.start, right.end))) return;
    const start = left.end + source.slice(left.end, right.start).indexOf(operator);
    const end = start + operator.length;
    const text = `(${source.slice(node.start, start)}) ${other} (${source.slice(end, node.end)})`;
    replace(node, text, `${operator} is ${other}`, { start, end });
  };
  const condition = (test: Node): void => {
    replace(test, 'true', 'the condition always holds');
    replace(test, 'false', 'the condition never holds');
  };
  // A truth in a type is no truth that a program has.
  const types = new Set<number>();
  const visitor = new Visitor({
    TSLiteralType({ literal }) {
      types.add(literal.start);
    },
    LogicalExpression(node) {
      const { left, right, operator } = node;
      if (operator === '??') replace(node, textOf(left), 'without the default', { start: left.end, end: right.end });
      else turnRound(node, left, right, operator);
    },
    BinaryExpression(node) {
      turnRound(node, node.left, node.right, node.operator);
    },
    IfStatement({ test }) {
      condition(test);
    },
    ConditionalExpression({ test }) {
      condition(test);
    },
    UnaryExpression(node) {
      if (node.operator === '!') replace(node, textOf(node.argument), 'not negated');
    },
    Literal(node) {
      const { value } = node;
      if ((value === true || value === false) && !types.has(node.start))
        replace(node, String(!value), `${value} is ${!value}`);
    },
    ReturnStatement({ argument }) {
      if (argument !== null) replace(argument, 'undefined', 'returns undefined');
    },
    ExpressionStatement({ start, end, expression }) {
      if (expression.type === 'CallExpression' && expression.callee.type === 'Super') return;
      if (expression.type === 'CallExpression' || expression.type === 'AssignmentExpression')
        replace({ start, end }, undefined, 'the statement is gone');
    },
  });
  visitor.visit(parseSync(file, source).program);
  return mutants;
}

/** A mutant with the number by which it is switched on. */
export type Numbered = Mutant & { readonly id: number };

/**
 * The source with all of its mutants in it, each behind a switch: `globalThis.isMutant(id)` says which one is on (`switch.ts`).
 * So nothing is written, read or compiled again for the next mutant.
 */
export function switched(source: string, mutants: readonly Numbered[]): string {
  const places = new Map<string, Numbered[]>();
  for (const mutant of mutants) {
    const key = `${mutant.start}-${mutant.end}`;
    places.set(key, [...(places.get(key) ?? []), mutant]);
  }
  // Outer places first.
  const sorted = [...places.values()].sort(
    ([a = none], [b = none]) => a.start - b.start || b.end - a.end || Number(b.text === undefined),
  );
  let next = 0;
  const render = (from: number, to: number): string => {
    let text = '';
    let at = from;
    for (;;) {
      const place = sorted[next];
      const first = place?.[0];
      if (place === undefined || first === undefined || first.start >= to) return text + source.slice(at, to);
      next += 1;
      text += source.slice(at, first.start);
      const inner = render(first.start, first.end);
      at = first.end;
      if (first.text === undefined) text += `{ if (!globalThis.isMutant(${first.id})) { ${inner} } }`;
      else
        text += `(${place.map((mutant) => `globalThis.isMutant(${mutant.id}) ? (${mutant.text}) :`).join(' ')} (${inner}))`;
    }
  };
  return render(0, source.length);
}

const none: Node & { readonly text?: string } = { start: 0, end: 0 };
