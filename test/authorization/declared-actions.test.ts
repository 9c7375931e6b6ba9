// Actions without an endpoint: declared in the contract, decided by policies, asked by property rules, handlers and AuthZEN.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';

const folder = mkdtempSync(join(tmpdir(), 'castellan-actions-'));
after(() => rmSync(folder, { recursive: true }));

const policies = (text: string): string => {
  const file = join(mkdtempSync(join(folder, 'p-')), 'p.cedar');
  writeFileSync(file, text);
  return file;
};

const rules = `
permit (principal, action == Action::"getPerson", resource is Person);
permit (principal, action == Action::"readSalary", resource is Person) when { resource == principal };
permit (principal in Group::"hr", action in [Action::"readSalary", Action::"closeBooks"], resource);
`;

const contract = (
  actions: object | undefined,
  salary: object = { read: ['action:readSalary'] },
): Readonly<Record<string, unknown>> => ({
  openapi: '3.1.0',
  info: { title: 'People', version: '1' },
  ...(actions === undefined ? {} : { 'x-castellan': { actions } }),
  security: [{ key: [] }],
  paths: {
    '/people/{id}': {
      get: {
        operationId: 'getPerson',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: {
            description: 'ok',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Person' } } },
          },
        },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } },
    schemas: {
      Person: {
        type: 'object',
        'x-castellan': { resource: 'Person' },
        required: ['id'],
        properties: {
          id: { type: 'string', 'x-castellan': { resource: 'User' } },
          salary: { type: 'integer', 'x-castellan': salary },
        },
      },
    },
  },
});

const declared = [{ name: 'readSalary', resources: ['Person'] }, { name: 'closeBooks' }];
const own = rules.replace('resource == principal', 'resource.id == principal');

const options = (over: Partial<GuardOptions> = {}): GuardOptions => ({
  contract: contract(declared),
  policies: policies(own),
  authentication: { key: { verify: (key: string) => ({ subject: key, groups: key === 'hal' ? ['hr'] : [] }) } },
  limits: { perAddress: 'off', perPrincipal: 'off' },
  ...over,
});

test('a property rule, a handler and a service ask for an action that no operation is', async () => {
  const guard = await createGuard(options());
  const asked: boolean[] = [];
  const handle = fetchGuard(guard, async (_request, { permits }) => {
    asked.push(await permits('Person', { id: 'ada', salary: 7 }, 'readSalary'));
    return Response.json({ id: 'ada', salary: 7 });
  });
  const read = async (as: string): Promise<unknown> =>
    (
      await handle(new Request('http://api.example/people/ada', { headers: { 'x-key': as } }), {
        remoteAddress: '192.0.2.1',
      })
    ).json();
  assert.deepEqual(await read('ada'), { id: 'ada', salary: 7 });
  assert.deepEqual(await read('bob'), { id: 'ada' });
  assert.deepEqual(await read('hal'), { id: 'ada', salary: 7 });
  assert.deepEqual(asked, [true, false, true]);
  const ask = (id: string, action: string, type: string, groups: readonly string[] = []): Promise<boolean> =>
    guard.evaluate({
      subject: { type: 'User', id, properties: { groups } },
      action,
      resource: { type, id: type === 'Api' ? 'People' : 'ada', properties: type === 'Api' ? {} : { id: 'ada' } },
      context: {},
    });
  assert.equal(await ask('ada', 'readSalary', 'Person'), true);
  assert.equal(await ask('bob', 'readSalary', 'Person'), false);
  assert.equal(await ask('hal', 'closeBooks', 'Api', ['hr']), true);
  assert.equal(await ask('ada', 'closeBooks', 'Api'), false);
  assert.deepEqual(
    await guard.actions({
      subject: { type: 'User', id: 'ada', properties: {} },
      resource: { type: 'Person', id: 'ada', properties: { id: 'ada' } },
      context: {},
    }),
    ['getPerson', 'readSalary'],
  );
  await guard.end();
});

/** A name with one letter left out, doubled, or changed. */
function* misspelt(name: string): Generator<string> {
  for (let at = 1; at < name.length; at += 3) {
    yield name.slice(0, at) + name.slice(at + 1);
    yield name.slice(0, at) + name[at] + name.slice(at);
    yield `${name.slice(0, at)}x${name.slice(at + 1)}`;
  }
}

for (const wrong of misspelt('readSalary'))
  test(`${wrong} is an error wherever it stands, with the right name`, async () => {
    for (const salary of [{ read: [`action:${wrong}`] }, { write: [`action:${wrong}`] }])
      await assert.rejects(createGuard(options({ contract: contract(declared, salary) })), (error: Error) => {
        assert.match(error.message, new RegExp(`'${wrong}'.*did you mean 'readSalary'`));
        return true;
      });
    await assert.rejects(
      createGuard(options({ policies: policies(own.replaceAll('"readSalary"', `"${wrong}"`)) })),
      (error: Error) => {
        assert.match(error.message, /readSalary/);
        return true;
      },
    );
    const guard = await createGuard(options());
    const handle = fetchGuard(guard, async (_request, { permits }) => {
      await assert.rejects(permits('Person', { id: 'ada' }, wrong), /did you mean 'readSalary'/);
      return Response.json({ id: 'ada' });
    });
    await handle(new Request('http://api.example/people/ada', { headers: { 'x-key': 'ada' } }), {
      remoteAddress: '192.0.2.1',
    });
    await guard.end();
  });

for (const [what, actions, says] of [
  ['the name of an operation', [{ name: 'getPerson' }], /declares 'getPerson'/],
  ['a name twice', [{ name: 'a' }, { name: 'a' }], /declares 'a'/],
  ['the name of a group of actions', [{ name: 'safe' }], /declares 'safe'/],
  ['a resource that is none', [{ name: 'readSalary', resources: ['Persn'] }], /'Persn'.*did you mean 'Person'/],
  ['no name', [{ resources: ['Person'] }], /name/],
  ['a key that is none', [{ name: 'readSalary', resource: 'Person' }], /resource/],
] as const)
  test(`a declaration with ${what} is refused`, () =>
    assert.rejects(createGuard(options({ contract: contract(actions, { read: ['hr'] }) })), (error: Error) => {
      assert.match(error.message, says);
      return true;
    }));
