// What policies say is what happens: how a policy names an operation × how a name is spelt.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GuardedHandler } from '@castellan/guard/node';
import { guarded } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-policies-'));
let files = 0;
function policyFile(text: string): string {
  const file = join(folder, `${files++}.cedar`);
  writeFileSync(file, text);
  return file;
}

const text = { type: 'string' };
const resource = (type: string) => ({ type: 'object', 'x-castellan': { resource: type }, properties: { id: text } });
const item = (name: string) => [{ name, in: 'path', required: true, schema: text }];
const done = { 204: { description: 'Done' } };
const found = (type: string) => ({
  200: {
    description: 'x',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${type}` } } },
  },
});

const contract = (profile: string, header = 'X-Reason') => ({
  openapi: '3.1.0',
  info: { title: 'Projects', version: '1' },
  'x-castellan': { profile },
  security: [{ token: [] }],
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: { Org: resource('Org'), Project: resource('Project') },
  },
  paths: {
    '/orgs/{orgId}': {
      parameters: item('orgId'),
      get: {
        operationId: 'getOrg',
        parameters: [{ name: header, in: 'header', schema: text }],
        responses: found('Org'),
      },
    },
    '/orgs/{orgId}/projects': {
      parameters: item('orgId'),
      post: { operationId: 'createProject', tags: ['projects'], responses: done },
    },
    '/projects/{projectId}': {
      parameters: item('projectId'),
      get: { operationId: 'getProject', tags: ['projects'], responses: found('Project') },
    },
  },
});

const load = (ids: readonly string[]) => ids.map((id) => ({ id }));
const start = (profile: string, policies: string, handler?: GuardedHandler, header?: string) =>
  guarded(
    {
      contract: contract(profile, header),
      policies: policyFile(policies),
      resources: { Org: load, Project: load },
      authentication: { token: { verify: (subject) => Promise.resolve({ subject }) } },
    },
    handler ??
      ((request, response) => {
        if (request.method === 'POST') response.statusCode = 204;
        else response.setHeader('content-type', 'application/json');
        response.end(request.method === 'POST' ? undefined : '{"id":"1"}');
      }),
  );
const status = async (url: string, method: string, headers: Record<string, string> = {}) =>
  (await fetch(url, { method, headers: { authorization: 'Bearer eve', ...headers } })).status;

test('an operation that a policy names is not open because the policy is about another type', async () => {
  for (const profile of ['internal', 'standard', 'bank']) {
    for (const action of [
      'action == Action::"createProject"',
      'action in [Action::"createProject"]',
      'action in [Action::"getProject", Action::"createProject"]',
    ])
      await assert.rejects(
        start(profile, `permit (principal == User::"ada", ${action}, resource is Project);`),
        /createProject.*acts on Org/,
      );
    const tagged = await start(
      profile,
      'permit (principal == User::"ada", action in Action::"tag:projects", resource is Project);',
    );
    try {
      const refused = profile === 'bank' ? 404 : 403;
      assert.equal(await status(`${tagged.url}/orgs/o/projects`, 'POST'), refused);
      assert.equal(await status(`${tagged.url}/orgs/o/projects`, 'POST', { authorization: 'Bearer ada' }), refused);
      assert.ok(tagged.guard.notices.some(({ message }) => /createProject acts on Org/.test(message)));
      // What no policy speaks of needs a caller, and under bank a policy.
      assert.equal(await status(`${tagged.url}/orgs/o`, 'GET'), profile === 'bank' ? 404 : 200);
    } finally {
      await tagged.close();
    }
  }
});

test('a policy for all operations, or all that are safe, names none of them', async () => {
  for (const action of ['action', 'action in Action::"safe"', 'action in [Action::"safe", Action::"unsafe"]']) {
    const it = await start('standard', `permit (principal == User::"ada", ${action}, resource is Project);`);
    try {
      assert.equal(await status(`${it.url}/orgs/o/projects`, 'POST'), 204);
    } finally {
      await it.close();
    }
  }
});

test('a header parameter counts however document, policy and request spell it', async () => {
  const names = ['X-Reason', 'x-reason'];
  for (const header of names)
    for (const written of [...names, 'X-REASON']) {
      const policies = `permit (principal, action, resource);
        forbid (principal, action == Action::"getOrg", resource)
        when { context has header && context.header has "${written}" && context.header["${written}"] == "no" };`;
      if (written !== header && written !== header.toLowerCase()) {
        await assert.rejects(
          start('standard', policies, undefined, header),
          /did you mean 'X-Reason'|did you mean 'x-reason'/,
        );
        continue;
      }
      const it = await start('standard', policies, undefined, header);
      try {
        for (const sent of [...names, 'X-REASON'])
          assert.equal(await status(`${it.url}/orgs/o`, 'GET', { [sent]: 'no' }), 403, `${header} ${written} ${sent}`);
        assert.equal(await status(`${it.url}/orgs/o`, 'GET', { 'x-reason': 'yes' }), 200);
        assert.equal(await status(`${it.url}/orgs/o`, 'GET'), 200);
      } finally {
        await it.close();
      }
    }
});

test('a handler that asks about an action that no operation has is told so', async () => {
  const heard: unknown[] = [];
  const it = await start('standard', 'permit (principal, action, resource);', async (request, response) => {
    for (const ask of [request.permits, request.authorize])
      await ask('Org', { id: 'o' }, 'getOgr').then(
        () => heard.push('an answer'),
        (error: Error) => heard.push(error.message),
      );
    response.setHeader('content-type', 'application/json');
    response.end('{"id":"o"}');
  });
  try {
    assert.equal(await status(`${it.url}/orgs/o`, 'GET'), 200);
    assert.equal(heard.length, 2);
    for (const message of heard) assert.match(String(message), /'getOgr'.*'getOrg'/);
  } finally {
    await it.close();
  }
});
