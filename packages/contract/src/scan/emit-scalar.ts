import { boundsOf } from '../schema/bounds.ts';
import { multipleOf } from '../schema/decimal.ts';
import { formatOf } from '../schema/formats/index.ts';
import { numberOf, type SchemaNode } from '../schema/node.ts';
import { patternOf } from '../schema/pattern.ts';
import { isKept } from '../bodies/json-scan.ts';
import { numeral } from '../schema/writer.ts';
import { counted, date, dateTime, number, plain, text, uuid } from './bytes.ts';
import { at, move, type ScanEmission, unknown } from './emit.ts';
import { scanPattern } from './pattern.ts';

/** Characters that stand for themselves in a JSON string. */
const verbatim = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Alternatives that are compared one by one; larger enumerations are left to the parser. */
const most = 40;

/** `enum`: the values that the schema allows, as they are written. */
export function emitValues({ writer, compiler }: ScanEmission, node: SchemaNode, values: readonly unknown[]): void {
  const unit = compiler.unit(node);
  const allowed = values.filter((value) => (unit.f ?? unit.compile())(value));
  const written = allowed
    .filter((value) => (typeof value === 'string' ? verbatim.test(value) : isWord(value)))
    .map((value) => JSON.stringify(value))
    // The longest first, because one may begin with another.
    .sort((a, b) => b.length - a.length)
    .slice(0, most);
  writer.line(`${written.map((literal) => `if (${at(literal)}) i += ${literal.length}; else `).join('')}${unknown}`);
}

function isWord(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value));
}

/** Formats that are checked as bytes; each reads up to and with the last quote. */
const scanned = new Map<unknown, typeof uuid>([
  ['uuid', uuid],
  ['date', date],
  ['date-time', dateTime],
]);

/** A string, its first quote at `i`. */
export function emitString({ writer, compiler }: ScanEmission, node: SchemaNode): void {
  const { raw } = node;
  if (typeof raw === 'boolean') return;
  const fewest = numberOf(raw, 'minLength') ?? 0;
  const longest = numberOf(raw, 'maxLength') ?? Infinity;
  const bounded = fewest > 0 || longest !== Infinity;
  const format = formatOf(compiler, node)?.string;
  const pattern = typeof raw['pattern'] === 'string' ? raw['pattern'] : undefined;
  const whole = bounded
    ? `if (i - first - 1 < ${numeral(fewest)} || i - first - 1 > ${numeral(longest)}) ${unknown}`
    : '';
  const byBytes =
    format === undefined
      ? pattern === undefined
        ? undefined
        : scanPattern(pattern)
      : pattern === undefined
        ? scanned.get(raw['format'])
        : undefined;
  if (byBytes !== undefined) {
    writer.line(`{ const first = i + 1; ${move(`${writer.constant(byBytes)}(b, first)`)} ${whole} }`);
  } else if (format === undefined && pattern === undefined) {
    writer.line(
      bounded
        ? move(`${writer.constant(counted)}(b, i + 1, ${numeral(fewest)}, ${numeral(longest)})`)
        : move(`${writer.constant(text)}(b, i + 1)`),
    );
  } else {
    writer.line(`{ const first = i + 1; ${move(`${writer.constant(plain)}(b, first)`)}`);
    writer.line(`const t = b.toString("latin1", first, i); i++; ${whole}`);
    if (pattern !== undefined)
      writer.line(`if (!${writer.constant(patternOf(pattern, Number(longest)))}.test(t)) ${unknown}`);
    if (format !== undefined) writer.line(`if (!${writer.constant(format)}(t)) ${unknown}`);
    writer.line('}');
  }
}

/** Powers of ten that a double holds exactly; a whole number of 15 digits divided by one is rounded once, as a parser does. */
const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Formats that every number of 15 digits has, and those that every whole one has. */
const always = new Set<unknown>(['double', 'float']);
const alwaysWhole = new Set<unknown>([...always, 'int64', 'double-int']);

/** A number, its first character at `i`. */
export function emitNumber({ writer, compiler }: ScanEmission, node: SchemaNode, type: 'integer' | 'number'): void {
  const { raw } = node;
  if (typeof raw === 'boolean') return;
  const bounds = boundsOf(raw);
  const conditions: string[] = [];
  if (bounds.minimum !== undefined) conditions.push(`v >= ${numeral(bounds.minimum)}`);
  if (bounds.exclusiveMinimum !== undefined) conditions.push(`v > ${numeral(bounds.exclusiveMinimum)}`);
  if (bounds.maximum !== undefined) conditions.push(`v <= ${numeral(bounds.maximum)}`);
  if (bounds.exclusiveMaximum !== undefined) conditions.push(`v < ${numeral(bounds.exclusiveMaximum)}`);
  if (bounds.multipleOf !== undefined && !(bounds.multipleOf === 1 && type === 'integer'))
    conditions.push(`${writer.constant(multipleOf(bounds.multipleOf))}(v)`);
  const format = formatOf(compiler, node)?.number;
  if (format !== undefined && !(type === 'integer' ? alwaysWhole : always).has(raw['format']))
    conditions.push(`${writer.constant(format)}(v)`);
  if (conditions.length === 0 && type === 'number') return writer.line(move(`${writer.constant(number)}(b, i)`));
  writer.line('{ let v = 0, d = b[i]; const negative = d === 45; if (negative) d = b[++i]; const first = i;');
  writer.line('while (d >= 48 && d <= 57) { v = v * 10 + (d - 48); d = b[++i]; }');
  const kept = writer.constant(isKept);
  writer.line(`if (i === first || (b[first] === 48 && i > first + 1)) ${unknown}`);
  writer.line(`if (i - first > 15 && !${kept}(b, first, i)) ${unknown}`);
  if (type === 'number') {
    writer.line('if (d === 46) { const point = ++i; d = b[i];');
    writer.line('while (d >= 48 && d <= 57) { v = v * 10 + (d - 48); d = b[++i]; }');
    writer.line(`if (i === point) ${unknown} if (i - first <= 16) v /= ${writer.constant(powers)}[i - point];`);
    writer.line(`else { if (!${kept}(b, first, i)) ${unknown} v = +b.toString("latin1", first, i); } }`);
  }
  writer.line('if (negative) v = -v;');
  if (conditions.length > 0) writer.line(`if (!(${conditions.join(' && ')})) ${unknown}`);
  writer.line('}');
}
