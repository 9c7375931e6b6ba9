// Every operator on every pair of interesting operands, beside the official engine: one policy each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { compilePolicies } from '@castellan/policy';
import { quote } from '../../fuzz/policy/expressions.ts';
import { extensionTexts, longs } from '../../fuzz/policy/values.ts';

const request = {
  principal: { type: 'U', id: 'a' },
  action: { type: 'Action', id: 'x' },
  resource: { type: 'R', id: 'r' },
  context: {},
  entities: [],
};

/** Puts each condition as a policy to both. */
function agree(conditions: readonly string[]): void {
  const policies = Object.fromEntries(
    conditions.map((condition, index) => [`p${index}`, `permit (principal, action, resource) when { ${condition} };`]),
  );
  const answer = cedar.isAuthorized({ ...request, policies: { staticPolicies: policies } });
  assert.ok(answer.type === 'success', JSON.stringify(answer).slice(0, 500));
  const { reason, errors } = answer.response.diagnostics;
  const ours = compilePolicies({ policies }).decide(request);
  const named = (ids: readonly string[]) => [...ids].sort().map((id) => conditions[Number(id.slice(1))]);
  assert.deepEqual(named(ours.reasons), named(reason));
  assert.deepEqual(named(ours.errors.map(({ policyId }) => policyId)), named(errors.map(({ policyId }) => policyId)));
  assert.ok(reason.length > 0);
}

/** Every condition over every pair. */
const pairs = (operands: readonly string[], ...conditions: ((a: string, b: string) => string)[]) =>
  operands.flatMap((a) => operands.flatMap((b) => conditions.map((condition) => condition(a, b))));

const literals = (kind: keyof typeof extensionTexts) => extensionTexts[kind].map((text) => `${kind}(${quote(text)})`);

test('every text of every extension type is read alike', () => {
  const all = (['decimal', 'ip', 'datetime', 'duration'] as const).flatMap(literals);
  agree(all.map((value) => `${value} == ${value}`));
});

test('datetime', () => {
  const times = literals('datetime').slice(0, 11);
  const days = times.map((time) => `${time}.toDate()`);
  agree([
    ...pairs(
      [...times, ...days],
      (a, b) => `${a} < ${b}`,
      (a, b) => `${a} == ${b}`,
    ),
    ...times.flatMap((time) =>
      literals('duration')
        .slice(0, 13)
        .map((by) => `${time}.offset(${by}) >= datetime("2024-01-01")`),
    ),
    ...times.map((time) => `${time}.toTime() >= duration("0ms")`),
    ...times.flatMap((time) =>
      ['1ms', '86399999ms', '0ms', '45296789ms'].map((ms) => `${time}.toTime() == duration("${ms}")`),
    ),
    ...pairs(times.slice(0, 7), (a, b) => `${a}.durationSince(${b}) > duration("1h")`),
    ...['9223372036854775807ms', '-9223372036854775808ms', '-9223372036854775000ms'].flatMap((by) =>
      [
        'toDate() < datetime("2024-01-01")',
        'toTime() >= duration("12h")',
        'offset(duration("1d")) > datetime("1970-01-01")',
      ].map((rest) => `datetime("1970-01-01").offset(duration("${by}")).${rest}`),
    ),
  ]);
});

test('duration', () => {
  const spans = literals('duration').slice(0, 13);
  const units = ['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'];
  agree([
    ...pairs(
      spans,
      (a, b) => `${a} < ${b}`,
      (a, b) => `${a} <= ${b}`,
      (a, b) => `${a} == ${b}`,
    ),
    ...spans.flatMap((span) =>
      units.flatMap((unit) =>
        ['(-1)', '0', '1', '90', '5400000', '9223372036854775807', '(-106751991167)'].map(
          (n) => `${span}.${unit}() == ${n}`,
        ),
      ),
    ),
  ]);
});

test('integers', () => {
  const operands = longs.map((long) => (long.startsWith('-') ? `(${long})` : long));
  agree([
    ...pairs(
      operands,
      (a, b) => `${a} < ${b}`,
      (a, b) => `${a} <= ${b}`,
      (a, b) => `${a} == ${b}`,
    ),
    ...pairs(
      operands,
      (a, b) => `(${a} + ${b}) > 9007199254740992`,
      (a, b) => `(${a} - ${b}) >= 9007199254740993`,
      (a, b) => `(${a} * ${b}) == 9223372036854775807`,
    ),
    ...pairs(
      operands,
      (a, b) => `(${a} * ${b}) - (${a} * ${b}) == 0`,
      (a, b) => `((${a} * ${b}) - 1) < ${a} * ${b}`,
    ),
    ...operands.map((a) => `(-${a}) + ${a} == 0`),
  ]);
});

test('decimal', () => {
  const numbers = literals('decimal').slice(0, 10);
  agree(
    pairs(
      numbers,
      (a, b) => `${a} == ${b}`,
      (a, b) => `${a}.lessThan(${b})`,
      (a, b) => `${a}.greaterThanOrEqual(${b})`,
    ),
  );
});

test('ipaddr', () => {
  const addresses = literals('ip').slice(0, 14);
  agree([
    ...pairs(
      addresses,
      (a, b) => `${a} == ${b}`,
      (a, b) => `${a}.isInRange(${b})`,
    ),
    ...addresses.flatMap((a) => ['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast'].map((is) => `${a}.${is}()`)),
  ]);
});

test('like, sets, records and equality between types', () => {
  const texts = ['', 'a', 'ab', 'aab', 'a*b', 'é😀', '\\', 'aXbXc', 'abab'].map(quote);
  const patterns = ['', '*', 'a*', '*b', 'a*b', '\\*', '*\\**', 'a*b*c', '**', 'é*', '*😀', 'ab*ab', 'a*ab*b'];
  const values = [
    '1',
    '"1"',
    'true',
    '[]',
    '[1]',
    '[1, 1]',
    '[1, "1"]',
    '["1", 1]',
    '[[1], []]',
    '{}',
    '{"a": 1}',
    '{"__proto__": 1}',
    '{"a": [1, 1]}',
    'U::"a"',
    'principal',
    'R::"a"',
    'decimal("1.0")',
    'ip("1.1.1.1")',
    'datetime("2024-01-01")',
    'duration("1ms")',
  ];
  agree([
    ...texts.flatMap((text) => patterns.map((pattern) => `${text} like "${pattern}"`)),
    ...pairs(
      values,
      (a, b) => `${a} == ${b}`,
      (a, b) => `[${a}, 1].contains(${b})`,
      (a, b) => `[${a}, ${b}].containsAll([${b}, ${a}])`,
      (a, b) => `[[${a}], []].containsAny([[${b}]])`,
    ),
    ...values.flatMap((a) => [
      `${a} has a`,
      `${a} in U::"a"`,
      `${a} in [principal, ${a}]`,
      `${a} is U`,
      `${a} < 2`,
      `(if ${a} then true else false)`,
      `${a} && true`,
      `true && ${a}`,
      `false && ${a}`,
      `true || ${a}`,
      `!${a}`,
      `[${a}].isEmpty()`,
    ]),
  ]);
});
