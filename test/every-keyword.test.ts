// Whatever keyword a property stands under, every walk over schemas sees it, or the document is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkContract, contractRule } from '@castellan/assess/posture';
import { diffContracts } from '@castellan/assess/diff';
import {
  compileResourceAccess,
  compileUndocumented,
  loadContract,
  schemaKeywords,
  type Contract,
  type Schema,
} from '@castellan/contract';
import { policySchema, sensitiveProperties } from '@castellan/policy';
import { compileDefaults } from '../packages/contract/src/bodies/defaults.ts';

type Wrap = (inner: object) => object;
const text = { type: 'string' };

/**
 * The keywords of JSON Schema 2020-12 (meta-schemas applicator, unevaluated, content, core) that hold schemas, and those of
 * older drafts: a schema that holds another under each, and a value that holds one of its values.
 */
const places: Readonly<Record<string, readonly [schema: Wrap, value: (inner: object) => unknown]>> = {
  properties: [(inner) => ({ properties: { p: inner } }), (value) => ({ p: value })],
  patternProperties: [(inner) => ({ patternProperties: { '^p': inner } }), (value) => ({ p: value })],
  additionalProperties: [(inner) => ({ additionalProperties: inner }), (value) => ({ p: value })],
  unevaluatedProperties: [(inner) => ({ unevaluatedProperties: inner }), (value) => ({ p: value })],
  items: [(inner) => ({ items: inner }), (value) => [value]],
  prefixItems: [(inner) => ({ prefixItems: [inner] }), (value) => [value]],
  additionalItems: [(inner) => ({ items: [text], additionalItems: inner }), (value) => ['x', value]],
  unevaluatedItems: [(inner) => ({ prefixItems: [text], unevaluatedItems: inner }), (value) => ['x', value]],
  contains: [(inner) => ({ contains: inner }), (value) => [value]],
  allOf: [(inner) => ({ allOf: [inner] }), (value) => value],
  anyOf: [(inner) => ({ anyOf: [inner] }), (value) => value],
  oneOf: [(inner) => ({ oneOf: [inner] }), (value) => value],
  if: [(inner) => ({ if: inner }), (value) => value],
  then: [(inner) => ({ if: {}, then: inner }), (value) => value],
  else: [(inner) => ({ if: { required: ['never'] }, else: inner }), (value) => value],
  dependentSchemas: [(inner) => ({ dependentSchemas: { hidden: inner } }), (value) => value],
  dependencies: [(inner) => ({ dependencies: { hidden: inner } }), (value) => value],
  $defs: [(inner) => ({ $defs: { a: inner }, $ref: '#/components/schemas/Outer/$defs/a' }), (value) => value],
  definitions: [
    (inner) => ({ definitions: { a: inner }, $ref: '#/components/schemas/Outer/definitions/a' }),
    (value) => value,
  ],
};
/** What it says is about no value that anybody sends or gets. */
const refused: Readonly<Record<string, Wrap>> = {
  not: (inner) => ({ not: inner }),
};
/** About names, and about what a text holds: only rules look there (packages/guard/test/rare-places.test.ts). */
const rulesOnly = ['propertyNames', 'contentSchema'];
/** `contains` is about some of the items: it documents none. */
const documentsNothing = new Set(['contains']);

const marked = {
  type: 'string',
  'x-castellan': { read: ['admin'], url: { schemes: ['https'] }, sensitivity: 'secret' },
};
const inner = (property: object): object => ({ type: 'object', properties: { hidden: property } });

function load(schema: object): Promise<Contract> {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Outer' } } };
  return loadContract({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: {
      '/a': { post: { requestBody: { content }, responses: { 200: { description: 'ok', content } } } },
    },
    components: { schemas: { Outer: { ...schema, 'x-castellan': { resource: 'Outer' } } } },
  });
}

function outer(contract: Contract): Schema {
  const schema = contract.schemas.get('Outer');
  assert.ok(schema);
  return schema;
}

const seen: string[] = [];
const spy = contractRule({
  id: 'spy',
  title: 'Spy',
  owasp: ['API3:2023'],
  asvs: [],
  severity: { toy: 'low', internal: 'low', standard: 'low', bank: 'low' },
  confidence: 'high',
  why: 'w',
  mend: 'm',
  bad: [],
  good: [],
  find({ fields }) {
    for (const { name, readBy, writtenBy } of fields) if (readBy.length > 0 && writtenBy.length > 0) seen.push(name);
    return [];
  },
});

test('every keyword that holds schemas is tried', () => {
  assert.deepEqual(
    [...schemaKeywords.keys()].toSorted(),
    [...Object.keys(places), ...Object.keys(refused), ...rulesOnly].toSorted(),
  );
});

for (const [keyword, [wrap, valueOf]] of Object.entries(places))
  test(`a property under ${keyword} is seen by every walk`, async () => {
    const contract = await load(wrap(inner(marked)));
    const schema = outer(contract);
    for (const direction of ['request', 'response'] as const) {
      const names = compileUndocumented(contract, schema, direction);
      if (documentsNothing.has(keyword)) continue;
      assert.equal(names.in(valueOf({ hidden: 'x', extra: 1 })), true, `undocumented, ${direction}`);
      assert.equal(names.in(valueOf({ hidden: 'x' })), false, `documented, ${direction}`);
    }
    const findings = { resources: [], properties: [] as { rule: { name: string } }[] };
    const value = valueOf({ hidden: 'x' });
    compileResourceAccess(contract, schema, 'response')?.visit(value, findings as never);
    assert.equal(findings.properties.length > 0, true, 'rules of properties');
    const urls = { resources: [], properties: [] as { rule: { name: string } }[] };
    compileResourceAccess(contract, schema, 'request', { resources: false, rules: 'url' })?.visit(value, urls as never);
    assert.deepEqual(
      urls.properties.map(({ rule }) => rule.name),
      ['hidden'],
      'rules of URLs',
    );
    const sensitive = [...sensitiveProperties(contract)];
    assert.equal(
      sensitive.some((path) => path.endsWith('.hidden')),
      true,
      'what explanations hide',
    );
    seen.length = 0;
    checkContract(contract, { rules: [spy], now: 0 });
    assert.equal(seen.includes('hidden'), true, 'posture');
    const changes = diffContracts(contract, await load(wrap(inner(text))));
    assert.equal(
      changes.some(({ code }) => code === 'sensitivity-dropped'),
      true,
      'diff',
    );
  });

for (const [keyword, wrap] of Object.entries(refused))
  test(`x-castellan under ${keyword} is refused`, async () => {
    await assert.rejects(load(wrap(inner(marked))), { code: 'misplaced-extension' });
    await load(wrap(inner(text)));
    // As a name it is nothing special.
    await load({ type: 'object', properties: { [keyword]: inner(marked) } });
  });

/** What is an attribute of the resource itself: under the other keywords of objects stand maps, which Cedar has no type for. */
const ofItself = new Set([
  'properties',
  ...[...schemaKeywords].flatMap(([keyword, { place }]) =>
    place === 'value' || place === 'definition' ? [keyword] : [],
  ),
]);

for (const [keyword, [wrap]] of Object.entries(places))
  test(`a property under ${keyword} is an attribute for policies, or it is said why not`, async () => {
    const types: Readonly<Record<string, readonly [property: object, type: string]>> = {
      'a text': [text, 'String'],
      'a nullable text': [{ anyOf: [text, { type: 'null' }] }, 'String'],
      'a text by allOf': [{ allOf: [{ description: 'x' }, text] }, 'String'],
      'one of two numbers': [
        {
          oneOf: [
            { type: 'integer', maximum: 1 },
            { type: 'integer', minimum: 3 },
          ],
        },
        'Long',
      ],
      'a constant': [{ const: 'x' }, 'String'],
      'a list': [{ type: 'array', prefixItems: [text], items: text }, 'Set'],
      'one of two objects': [{ anyOf: [inner(text), { type: 'object', properties: { other: text } }] }, 'Record'],
      'a text or a number': [{ anyOf: [text, { type: 'integer' }] }, 'none'],
      'a list of both': [{ type: 'array', prefixItems: [text], items: { type: 'integer' } }, 'none'],
    };
    for (const [what, [property, type]] of Object.entries(types)) {
      const contract = await load({ type: 'object', ...wrap(inner(property)) });
      const schema = await policySchema(contract);
      const written = JSON.stringify(schema.json);
      if (!ofItself.has(keyword)) continue;
      if (type === 'none') {
        assert.equal(schema.leftOut.has('hidden'), true, `${what} is told`);
        assert.doesNotMatch(written, /"hidden"/, what);
      } else assert.match(written, new RegExp(`"hidden":\\{[^}]*"type":"${type}"`), what);
    }
  });

for (const [keyword, [wrap, valueOf]] of Object.entries(places))
  test(`the default of a property under ${keyword} counts where its schema does`, async () => {
    if (documentsNothing.has(keyword)) return;
    const fallback = { type: 'string', default: 'filled' };
    const contract = await load(wrap({ type: 'object', properties: { own: fallback, hidden: { type: 'string' } } }));
    const value = valueOf({ hidden: 'x' });
    compileDefaults(contract, outer(contract))(value);
    assert.deepEqual(value, valueOf({ hidden: 'x', own: 'filled' }));
  });
