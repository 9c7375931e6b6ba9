import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { JsonPositions } from './json-positions.ts';
import { escapeToken } from './pointer.ts';
import { YamlPositions } from './yaml-positions.ts';

/** Paths to every value. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

/** The text from a position on. */
function from(text: string, { line, column }: { line: number; column: number }): string {
  return text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);
}

const name = fc.oneof(
  fc.constantFrom('a', '/b', 'c~d', '200', 'say "hi"', '__proto__', 'constructor', 'ü'),
  fc.string({ minLength: 1 }),
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('any')),
    fc.dictionary(name, tie('any')),
  ),
})).any;

test('every member of a JSON text is found at its key, every item at its value', () => {
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2), (any, space) => {
      const text = JSON.stringify(any, null, space);
      const positions = new JsonPositions(Buffer.from(text));
      for (const path of pathsOf(any)) {
        const rest = from(text, positions.at(path, false));
        const target = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], any);
        assert.ok(
          rest.startsWith(typeof target === 'object' ? (Array.isArray(target) ? '[' : '{') : JSON.stringify(target)),
          `/${path.map(escapeToken).join('/')}`,
        );
      }
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('every member of a YAML text is found on the line of its key', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z/]{1,8}$/), fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer())),
      (any) => {
        const text = stringify(any);
        const positions = new YamlPositions(Buffer.from(text));
        for (const [outer, members] of Object.entries(any)) {
          assert.match(from(text, positions.at([outer], true)), new RegExp(`^["']?${outer}["']?:`));
          for (const inner of Object.keys(members))
            assert.match(from(text, positions.at([outer, inner], true)), new RegExp(`^["']?${inner}["']?:`));
        }
      },
    ),
    { seed: 3, numRuns: 200 },
  );
});

test('what is not there is at its nearest parent', () => {
  const json = new JsonPositions(Buffer.from('{\n  "a": {\n    "b": 1\n  }\n}'));
  assert.deepEqual(json.at(['a', 'missing', 'deeper'], true), { line: 2, column: 3 });
  const yaml = new YamlPositions(Buffer.from('a:\n  b: 1\n'));
  assert.deepEqual(yaml.at(['a', 'missing'], true), { line: 1, column: 1 });
});

test('of two equal JSON keys the last is shown, the one that counts', () => {
  assert.deepEqual(new JsonPositions(Buffer.from('{"a":1,\n"a":2}')).at(['a'], true), { line: 2, column: 1 });
});

test('YAML aliases and merge keys lead to what they stand for', () => {
  const text = 'base: &base\n  x: 1\n  y: 2\nmade:\n  <<: *base\n  y: 3\nsame: *base\n';
  const positions = new YamlPositions(Buffer.from(text));
  assert.deepEqual(positions.at(['made', 'x'], true), { line: 2, column: 3 });
  assert.deepEqual(positions.at(['made', 'y'], true), { line: 6, column: 3 });
  assert.deepEqual(positions.at(['same', 'y'], true), { line: 3, column: 3 });
});
