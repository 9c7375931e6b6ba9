// A list that a policy forbids whatever the objects are is refused before the handler runs: how the policy is written × who asks.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rmSync } from 'node:fs';
import { guarded } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-barred-'));
after(() => rmSync(folder, { recursive: true }));

const note = {
  type: 'object',
  'x-castellan': { resource: 'Note' },
  required: ['id'],
  properties: { id: { type: 'string' } },
};
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/notes': {
      get: {
        operationId: 'listNotes',
        tags: ['reading'],
        responses: {
          200: { description: 'All', content: { 'application/json': { schema: { type: 'array', items: note } } } },
        },
      },
    },
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};

const permit = 'permit (principal, action, resource);';
/** Whether staff and guests are refused before the handler, and how many objects they are given else. */
const forms: readonly (readonly [policy: string, staff: 'refused' | number, guest: 'refused' | number])[] = [
  ['forbid (principal, action, resource);', 'refused', 'refused'],
  ['forbid (principal, action == Action::"listNotes", resource);', 'refused', 'refused'],
  ['forbid (principal, action in [Action::"listNotes"], resource);', 'refused', 'refused'],
  ['forbid (principal, action, resource is Note);', 'refused', 'refused'],
  ['forbid (principal in Group::"staff", action, resource);', 'refused', 1],
  ['forbid (principal, action, resource) unless { principal in Group::"staff" };', 1, 'refused'],
  ['forbid (principal, action, resource) when { principal in Group::"staff" };', 'refused', 1],
  ['forbid (principal, action, resource) when { context.now > datetime("2020-01-01") };', 'refused', 'refused'],
  ['forbid (principal, action, resource) when { context.now < datetime("2020-01-01") };', 1, 1],
  ['forbid (principal, action, resource) when { resource.id == "another" };', 1, 1],
  ['forbid (principal, action, resource == Note::"another");', 1, 1],
  ['forbid (principal, action == Action::"other", resource is Note);', 1, 1],
];

for (const [policy, staff, guest] of forms)
  test(policy, async () => {
    const file = join(folder, 'p.cedar');
    // An action that nobody declares is refused at the start.
    writeFileSync(file, `${permit}\n${policy.replace('Action::"other"', 'Action::"audit"')}`);
    let ran = 0;
    const server = await guarded(
      {
        contract: { ...contract, 'x-castellan': { actions: [{ name: 'audit', resources: ['Note'] }] } },
        policies: file,
        authentication: {
          token: { verify: (subject) => ({ subject, groups: subject === 'staff' ? ['staff'] : [] }) },
        },
      },
      (_, response) => {
        ran++;
        response.setHeader('content-type', 'application/json');
        response.end('[{"id":"1"}]');
      },
    );
    try {
      for (const [who, expected] of [
        ['staff', staff],
        ['guest', guest],
      ] as const) {
        ran = 0;
        const answer = await fetch(`${server.url}/notes`, { headers: { authorization: `Bearer ${who}` } });
        const body = (await answer.json()) as unknown;
        if (expected === 'refused') assert.deepEqual([who, answer.status, ran], [who, 403, 0]);
        else assert.deepEqual([who, answer.status, ran, body], [who, 200, 1, [{ id: '1' }]]);
      }
    } finally {
      await server.close();
    }
  });
