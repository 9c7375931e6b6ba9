// Rules about what stands in a body are kept or the body does not pass: media types that nobody reads × rules × where they stand × profiles.
// promise: rules-need-a-reader
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends) await end();
});

const types = ['application/yaml', 'application/vnd.acme+cbor', 'application/xml', 'application/x-own', 'text/plain'];
const text = { type: 'string' };
const rules: Readonly<Record<string, object>> = {
  write: { ...text, 'x-castellan': { write: ['admins'] } },
  url: { ...text, 'x-castellan': { url: { schemes: ['https'] } } },
};
const places: Readonly<Record<string, (rule: object) => object>> = {
  'a property': (rule) => ({ properties: { k: text, it: rule } }),
  'an inner one': (rule) => ({ properties: { of: { properties: { it: rule } } } }),
  'in allOf': (rule) => ({ allOf: [{ properties: { k: text } }, { properties: { it: rule } }] }),
  'in items': (rule) => ({ properties: { all: { type: 'array', items: { properties: { it: rule } } } } }),
  'behind a reference': () => ({ $ref: '#/components/schemas/Held' }),
};

async function status(
  type: string,
  schema: object,
  held: object,
  more: Partial<GuardOptions> & { readonly profile?: string; readonly own?: object; readonly body?: string } = {},
): Promise<readonly [status: number, handled: boolean]> {
  const { profile = 'standard', own = schema, body = 'it: x', ...options } = more;
  const guard = await createGuard({
    contract: {
      openapi: '3.1.0',
      info: { title: 'Bodies', version: '1' },
      'x-castellan': { profile },
      paths: {
        '/a': {
          post: {
            operationId: 'a',
            security: [],
            requestBody: { required: true, content: { 'application/json': { schema: own }, [type]: { schema } } },
            responses: { 204: { description: 'Done' } },
          },
        },
      },
      components: { schemas: { Held: { properties: { it: held } } } },
    },
    ...options,
  });
  ends.push(() => guard.end());
  let handled = false;
  const handler = fetchGuard(guard, () => {
    handled = true;
    return new Response(null, { status: 204 });
  });
  const answer = await handler(
    new Request('http://here/a', { method: 'POST', headers: { 'content-type': type }, body }),
  );
  return [answer.status, handled];
}

for (const [which, rule] of Object.entries(rules))
  describe(which, () => {
    for (const type of types)
      for (const [place, at] of Object.entries(places))
        test(`${type}, ${place}`, async () => {
          for (const profile of ['internal', 'standard', 'bank'])
            assert.deepEqual(await status(type, at(rule), rule, { profile }), [415, false], profile);
          // Whoever says that such bodies pass has not said that rules do not count.
          if (!type.startsWith('text/'))
            assert.deepEqual(await status(type, at(rule), rule, { decoders: { [type]: 'pass' } }), [415, false]);
          // A neighbour without the rule passes.
          if (!type.startsWith('text/'))
            assert.deepEqual(await status(type, at(text), text, { decoders: { [type]: 'pass' } }), [204, true]);
        });
  });

describe('policies that forbid', () => {
  const note = {
    type: 'object',
    'x-castellan': { resource: 'Note' },
    required: ['id'],
    properties: { id: { ...text, readOnly: true }, role: text },
  };
  const folder = mkdtempSync(join(tmpdir(), 'castellan-unread-'));
  after(() => rmSync(folder, { recursive: true }));
  /** What forbids, and whether a body that nobody reads may pass. */
  const forms: readonly (readonly [policy: string, passes: boolean])[] = [
    ['forbid (principal, action, resource is Note) when { resource has role && resource.role == "admin" };', false],
    ['forbid (principal, action, resource) when { context has body && context.body has role };', false],
    [
      'forbid (principal, action, resource) when { !(context has body && context.body has role && context.body.role != "admin") };',
      false,
    ],
    ['forbid (principal in Group::"guests", action, resource);', true],
    ['forbid (principal, action, resource) when { context.now < datetime("2020-01-01") };', true],
    ['', true],
  ];
  for (const [index, [policy, passes]] of forms.entries())
    for (const [type, chosen] of ['application/xml', 'application/x-own', 'application/octet-stream'].flatMap((one) => [
      [one, false] as const,
      [one, true] as const,
    ]))
      test(`${type}${chosen ? ', an id that the caller may choose' : ''}: ${policy}`, async () => {
        const made = chosen ? { ...note, properties: { ...note.properties, id: text } } : note;
        const file = join(folder, `${index}.cedar`);
        writeFileSync(file, `permit (principal, action, resource);\n${policy}`);
        const content = { 'application/json': { schema: made }, [type]: { schema: made } };
        const guard = await createGuard({
          contract: {
            openapi: '3.1.0',
            info: { title: 'Notes', version: '1' },
            security: [{ token: [] }],
            components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
            paths: {
              '/notes': {
                post: {
                  operationId: 'createNote',
                  requestBody: { required: true, content },
                  responses: { 201: { description: 'Made', content: { 'application/json': { schema: made } } } },
                },
              },
            },
          },
          policies: file,
          authentication: { token: { verify: () => ({ subject: 'ada', groups: ['staff'] }) } },
        });
        ends.push(() => guard.end());
        const handler = fetchGuard(guard, () => Response.json({ id: '1' }, { status: 201 }));
        const send = async (as: string): Promise<number> => {
          const headers = { 'content-type': as, authorization: 'Bearer x' };
          const body = '{"role":"admin"}';
          return (await handler(new Request('http://here/notes', { method: 'POST', headers, body }))).status;
        };
        assert.equal(await send(type), passes && !chosen ? 201 : 415);
        if (!chosen) assert.equal(await send('application/json'), passes ? 201 : 403);
      });
});

test('a file is bytes, whatever policies ask of JSON', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-files-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'p.cedar');
  writeFileSync(
    file,
    'permit (principal, action, resource);\nforbid (principal, action, resource) when { context has body && context.body has it };',
  );
  const binary = { type: 'string', format: 'binary' };
  assert.deepEqual(await status('application/octet-stream', { properties: { it: text } }, text, { policies: file }), [
    415,
    false,
  ]);
  assert.deepEqual(
    await status('application/octet-stream', binary, text, { policies: file, own: { properties: { it: text } } }),
    [204, true],
  );
});

test('what is read keeps its rules', async () => {
  const schema = { properties: { k: text, it: rules['write'] ?? {} } };
  assert.deepEqual(await status('application/yaml', schema, text, { decoders: { 'application/yaml': 'yaml' } }), [
    403,
    false,
  ]);
});

test('JSON of another name keeps its rules', async () => {
  const schema = { properties: { k: text, it: rules['write'] ?? {} } };
  for (const type of ['text/json', 'application/x-json', 'application/vnd.a+json'])
    assert.deepEqual(await status(type, schema, text, { body: '{"it":"x"}' }), [403, false], type);
  for (const type of ['text/json', 'application/x-json', 'application/vnd.a+json'])
    assert.deepEqual(await status(type, schema, text, { body: '{"k":"x"}' }), [204, true], type);
});

test('a text that is a URL is read as it stands', async () => {
  const [code] = await status('text/plain', { ...text, 'x-castellan': { url: { schemes: ['https'] } } }, text);
  assert.equal(code, 400);
});
