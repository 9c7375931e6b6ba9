import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { costOf } from './cost.ts';
import { compilePattern } from './index.ts';
import { parse } from './parse.ts';
import type { Expression } from './syntax.ts';
import { sizeOf, toRe2, translatable } from './translate.ts';
import { RE2JS } from 're2js';

/** Steps after which an attempt is given up. */
const PATIENCE = 1_000_000;

/** A backtracking matcher without any cleverness that counts its steps: the engine that the estimate is about. */
function steps(expression: Expression, text: string): number {
  let count = 0;
  const run = (item: Expression, at: number, next: (at: number) => boolean): boolean => {
    if (++count > PATIENCE) throw new RangeError('enough');
    switch (item.kind) {
      case 'set': {
        const code = text.codePointAt(at);
        let inside = false;
        for (let index = 0; index < item.set.length; index += 2)
          if (code !== undefined && code >= (item.set[index] ?? 0) && code <= (item.set[index + 1] ?? 0)) inside = true;
        return code !== undefined && inside !== item.negated && next(at + 1);
      }
      case 'sequence': {
        const from = (index: number, position: number): boolean => {
          const part = item.items[index];
          return part === undefined ? next(position) : run(part, position, (reached) => from(index + 1, reached));
        };
        return from(0, at);
      }
      case 'choice':
        return item.items.some((branch) => run(branch, at, next));
      case 'repeat': {
        const again = (done: number, position: number): boolean => {
          if (
            done < item.max &&
            run(
              item.item,
              position,
              (reached) => !(done >= item.min && reached === position) && again(done + 1, reached),
            )
          )
            return true;
          return done >= item.min && next(position);
        };
        return again(0, at);
      }
      case 'assertion':
        return (item.which === 'start' ? at === 0 : item.which === 'end' ? at === text.length : true) && next(at);
      default:
        return next(at);
    }
  };
  try {
    for (let start = 0; start <= text.length; start++) {
      if (run(expression, start, () => true)) break;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return Infinity;
  }
  return count;
}

const patterns: fc.Arbitrary<string> = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'regex' },
    fc.constantFrom('a', 'b', '[ab]', '.', '[^a]', 'c', '\\w'),
    tie('pattern').map((inner) => `(?:${inner})`),
    fc
      .tuple(tie('atom'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,3}', '{2,}', '{1,9}', '{14}'))
      .map(([atom, quantifier]) => (/[*+?}]$/.test(atom) ? `(?:${atom})${quantifier}` : atom + quantifier)),
    fc.tuple(tie('atom'), tie('atom')).map(([a, b]) => `(?:${a}|${b})`),
  ),
  pattern: fc.array(tie('atom'), { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join('')),
})).pattern;

const whole = fc
  .tuple(fc.constantFrom('', '^'), patterns, fc.constantFrom('', '$', 'd$'))
  .map((parts) => parts.join(''));

test('what the estimate calls polynomial never takes a backtracking engine more steps than that', () => {
  fc.assert(
    fc.property(
      whole,
      fc.array(fc.constantFrom('a', 'b', 'c', 'ab', 'aab'), { minLength: 1, maxLength: 4 }),
      (pattern, unit) => {
        const expression = parse(pattern, true);
        const cost = costOf(expression);
        if (cost.degree > 4) return;
        for (const length of [12, 24, 48, 96, 192]) {
          const text = unit.join('').repeat(length).slice(0, length);
          // The factor counts choices; each is worth as many steps as the expression has parts.
          const most = 4 * sizeOf(expression) * cost.factor * (length + 1) ** cost.degree + 8 * length;
          if (most > PATIENCE) continue;
          const taken = steps(expression, text);
          assert.ok(
            taken <= most,
            `${pattern} takes ${taken} steps on ${text}, more than ${most} (degree ${cost.degree}, factor ${cost.factor})`,
          );
        }
      },
    ),
    { seed: 20261124, numRuns: 12_000 },
  );
});

test('RE2 says the same as the JavaScript engine', () => {
  fc.assert(
    fc.property(
      whole,
      fc.array(
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '\n', 'é', '😀', '\u2028', '_', '7'), maxLength: 12 }),
        { minLength: 4, maxLength: 4 },
      ),
      (pattern, texts) => {
        const expression = parse(pattern, true);
        // The JavaScript engine would take minutes for some, which is why they do not run on it.
        const { degree, branching } = costOf(expression);
        if (!translatable(expression) || branching ** 12 > PATIENCE || degree > 4) return;
        const linear = RE2JS.compile(toRe2(expression));
        const native = new RegExp(pattern, 'u');
        for (const text of texts)
          assert.equal(linear.test(text), native.test(text), `${pattern} on ${JSON.stringify(text)}`);
      },
    ),
    { seed: 20261124, numRuns: 3_000 },
  );
});

test('a repeated group costs what the group costs', () => {
  const list = '([abc|def])(,\\1)*';
  assert.ok(compilePattern(list).longest > 1000);
  assert.equal(compilePattern(list).test('abc,def,abc'.repeat(100)), true);
  assert.equal(compilePattern('^(?<q>["\'])[a-z]*\\k<q>$').test(`"${'a'.repeat(1000)}"`), true);
  assert.equal(compilePattern('^(?<q>["\'])[a-z]*\\k<q>$').test(`"${'a'.repeat(1000)}'`), false);
  // What takes long without the reference takes long with it.
  assert.ok(compilePattern('^(a+)+\\1$').longest < 100);
});
