import { parseSync, Visitor } from 'oxc-parser';

/** One change of one place of a source file. */
export interface Mutant {
  readonly file: string;
  /** Offset of what is changed. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What was done, for people. */
  readonly what: string;
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
  const replace = ({ start, end }: Node, text: string, what: string): void => {
    if (source.slice(start, end) !== text) mutants.push({ file, start, end, text, what });
  };
  const turnRound = (left: Node, right: Node, operator: string): void => {
    const other = operators[operator];
    if (other === undefined) return;
    const between = source.slice(left.end, right.start);
    const at = left.end + between.indexOf(operator);
    // A text that is put together is no sum.
    if (operator === '+' && /['"`]/.test(source.slice(left.start, right.end))) return;
    replace({ start: at, end: at + operator.length }, other, `${operator} is ${other}`);
  };
  const condition = (test: Node): void => {
    replace(test, 'true', 'the condition always holds');
    replace(test, 'false', 'the condition never holds');
  };
  const visitor = new Visitor({
    LogicalExpression({ left, right, operator }) {
      if (operator === '??') replace({ start: left.end, end: right.end }, '', 'without the default');
      else turnRound(left, right, operator);
    },
    BinaryExpression({ left, right, operator }) {
      turnRound(left, right, operator);
    },
    IfStatement({ test }) {
      condition(test);
    },
    ConditionalExpression({ test }) {
      condition(test);
    },
    UnaryExpression({ start, end, operator, argument }) {
      if (operator === '!') replace({ start, end }, source.slice(argument.start, argument.end), 'not negated');
    },
    Literal({ start, end, value }) {
      if (value === true || value === false) replace({ start, end }, String(!value), `${value} is ${!value}`);
    },
    ReturnStatement({ argument }) {
      if (argument !== null) replace(argument, 'undefined', 'returns undefined');
    },
    ExpressionStatement({ start, end, expression }) {
      if (expression.type === 'CallExpression' || expression.type === 'AssignmentExpression')
        replace({ start, end }, ';', 'the statement is gone');
    },
  });
  visitor.visit(parseSync(file, source).program);
  return mutants;
}
