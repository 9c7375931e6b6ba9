import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { compilePolicies, policySchema } from '../index.ts';

const root = join(import.meta.dirname, '../../../..');
const contract = await loadContract(join(root, 'examples/documents/openapi.yaml'));
const schema = policySchema(contract);

test('resources are entity types: optional where not required, times, references', () => {
  assert.match(schema.text, /entity Section = \{\n {2}approval\?: \{\n {4}at: __cedar::datetime,\n {4}by: User,\n/);
  assert.match(schema.text, /documentId: Document,/);
  assert.match(schema.text, /entity User in \[Group\] = \{\n {2}email\?: __cedar::String,/);
});

test('operations are actions, in groups, with parameters and body in the context', () => {
  const edit =
    /action "editSection" in \[Action::"unsafe", Action::"tag:documents"\][^;]*;/.exec(schema.text)?.[0] ?? '';
  assert.match(edit, /principal: \[User\],\n {2}resource: \[Section\],/);
  assert.match(edit, /path: \{\n {6}documentId: __cedar::String,\n {6}sectionId/);
  assert.match(edit, /body\?: \{\n {6}text: __cedar::String/);
});

test("the example's policies hold against its own schema, and a misspelling does not", () => {
  const folder = join(root, 'examples/documents/policies');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.cedar'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    const source = { file: name, text };
    assert.ok(compilePolicies({ policies: [source], schema: schema.json }).ids.length > 0);
  }
  const text =
    'permit (principal, action == Action::"editSection", resource) when { resource has aproval };\n' +
    'permit (principal, action == Action::"editSectio", resource);\n';
  assert.throws(
    () =>
      compilePolicies({
        policies: [
          {
            file: 'x.cedar',
            text:
              text + 'permit (principal, action == Action::"editSection", resource) when { resource.headin == "a" };',
          },
        ],
        schema: schema.json,
      }),
    /did you mean/,
  );
});

test('with the groups known, a policy for another group is an error', () => {
  const { json } = policySchema(contract, { groups: ['section-editors', 'approvers'] });
  const policy = (group: string) =>
    `permit (principal in Group::"${group}", action == Action::"editSection", resource);`;
  compilePolicies({ policies: policy('section-editors'), schema: json });
  assert.throws(() => compilePolicies({ policies: policy('section-editor'), schema: json }), /section-editor/);
});

test('names that Cedar keeps for itself are changed', async () => {
  const strange = await loadContract({
    openapi: '3.1.0',
    info: { title: 'Strange', version: '1' },
    paths: {
      '/in/{id}': {
        get: {
          operationId: 'safe',
          tags: ['a "b"'],
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: {
            200: { description: 'x', content: { 'application/json': { schema: { $ref: '#/components/schemas/In' } } } },
          },
        },
      },
    },
    components: {
      schemas: {
        In: {
          type: 'object',
          'x-castellan': { resource: 'in' },
          properties: { id: { type: 'string' }, 'a b': { type: 'string' }, self: { $ref: '#/components/schemas/In' } },
        },
        Rec: {
          type: 'object',
          'x-castellan': { resource: 'String' },
          properties: { deep: { type: 'object', properties: { of: { $ref: '#/components/schemas/Rec' } } } },
        },
      },
    },
  });
  const { entityTypes, text } = policySchema(strange);
  assert.deepEqual(
    [...entityTypes],
    [
      ['in', 'in_'],
      ['String', 'String_'],
    ],
  );
  assert.match(text, /entity in_ = \{\n {2}"a b"\?: __cedar::String,/);
});

test('real documents give schemas that the engine takes', (t) => {
  const folder = join(root, '../shared/contracts');
  if (!existsSync(folder)) return t.skip('../shared/contracts is not here');
  const files = ['box.json', ...readdirSync(join(folder, 'adyen')).map((name) => join('adyen', name))];
  return Promise.all(
    files.map(async (file) => {
      const { json } = policySchema(await loadContract(join(folder, file)));
      compilePolicies({ policies: 'permit (principal, action in Action::"safe", resource);', schema: json });
    }),
  ).then(() => undefined);
});

test('a format that has the name of what every object has is no format', async () => {
  for (const format of ['constructor', 'toString', '__proto__', 'valueOf']) {
    const odd = await loadContract({
      openapi: '3.1.0',
      info: { title: 'Odd', version: '1' },
      paths: {},
      components: {
        schemas: {
          Order: {
            type: 'object',
            'x-castellan': { resource: 'Order' },
            properties: { id: { type: 'string' }, note: { type: 'string', format } },
          },
        },
      },
    });
    assert.match(policySchema(odd).text, /note\?: __cedar::String/, format);
  }
});
