// Answers whose alternatives differ by a format alone: a format that does not hold is noted there too, and does not withhold.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiOf, asking } from './asked.ts';

const formats = ['date', 'date-time', 'time', 'uuid', 'uri', 'email', 'ipv4'] as const;
/** How a document may write one alternative. */
const written: readonly (readonly [string, (format: string) => object])[] = [
  ['itself', (format) => ({ type: 'string', format })],
  ['with words', (format) => ({ type: 'string', format, title: `A ${format}`, description: 'x', example: 'y' })],
  ['a reference', (format) => ({ $ref: `#/components/schemas/${format}` })],
  ['an object', (format) => ({ type: 'object', required: ['v'], properties: { v: { type: 'string', format } } })],
  ['a list', (format) => ({ type: 'array', items: { format, type: 'string' } })],
];
const schemas = Object.fromEntries(formats.map((format) => [format, { type: 'string', format }]));

async function answered(schema: object, value: unknown, more: object = {}) {
  const responses = { 200: { description: 'x', content: { 'application/json': { schema } } } };
  const api = await asking(
    apiOf({ '/a': { get: { operationId: 'a', responses } } }, { security: [], components: { schemas }, ...more }),
    () => Response.json(value),
  );
  const answer = await api.ask();
  await api.end();
  return answer;
}

for (const [how, write] of written)
  describe(how, () => {
    for (const one of formats)
      for (const other of formats)
        if (one < other)
          test(`${one} or ${other}`, async () => {
            const schema = { oneOf: [write(one), write(other)] };
            const value = how === 'an object' ? { v: 'none' } : how === 'a list' ? ['none'] : 'none';
            const { status, event } = await answered(schema, value);
            assert.equal(status, 200);
            assert.equal(event.lenient?.[0]?.what, 'format');
            assert.equal((await answered({ type: 'object', properties: { in: schema } }, { in: value })).status, 200);
            assert.equal((await answered(schema, value, { 'x-castellan': { profile: 'bank' } })).status, 500);
            assert.equal((await answered(schema, 5)).status, 500);
          });
  });

describe('alternatives that differ by more stay alternatives', () => {
  const wrong: readonly (readonly [string, object, unknown])[] = [
    [
      'both hold',
      {
        oneOf: [
          { type: 'string', format: 'date' },
          { type: 'string', maxLength: 20 },
        ],
      },
      '2026-01-02',
    ],
    [
      'a property called format',
      { oneOf: [{ type: 'object', properties: { format: { type: 'string' } } }, { type: 'object' }] },
      {},
    ],
    [
      'a constant called format',
      { oneOf: [{ const: { format: 'date' } }, { enum: [{ format: 'date' }] }] },
      { format: 'date' },
    ],
  ];
  for (const [what, schema, value] of wrong)
    test(what, async () => assert.equal((await answered(schema, value)).status, 500));
});
