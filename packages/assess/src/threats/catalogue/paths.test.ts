import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadExample } from '../../posture/example.ts';
import type { OperationSubject } from '../system/model.ts';
import { erases } from './paths.ts';

async function erased(call: string, operationId?: string): Promise<boolean> {
  const [method = '', path = ''] = call.split(' ');
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: {},
  }));
  const id = operationId === undefined ? {} : { operationId };
  const contract = await loadExample(
    stringify({ paths: { [path]: { [method.toLowerCase()]: { ...id, parameters, responses: {} } } } }),
  );
  const [operation] = contract.operations;
  assert.ok(operation);
  return erases({ operation } as OperationSubject);
}

const people = ['user', 'users', 'customer', 'account', 'member', 'profile'];
const verbs = ['delete', 'remove', 'erase', 'forget', 'anonymize', 'purge', 'destroy', 'wipe'];

test('people are erased by DELETE, or by a verb in the path or in the id of the operation', async () => {
  for (const who of people) {
    assert.ok(await erased(`DELETE /${who}/{id}`), who);
    for (const verb of verbs) {
      for (const path of [`/${who}/${verb}`, `/${who}/{id}/${verb}`, `/${who}:${verb}`, `/${who}/${verb}-${who}`])
        assert.ok(await erased(`POST ${path}`), path);
      assert.ok(await erased(`POST /${who}`, `${verb}User`), `${verb}User`);
    }
  }
});

test('what is taken from people, or done to them otherwise, erases nobody', async () => {
  for (const call of [
    'POST /orders',
    'POST /user/lock',
    'POST /users/remove-from-group',
    'POST /users/{id}/delete-avatar',
    'POST /users/removed',
    'POST /orders/delete',
    'GET /users/deleted',
    'GET /users/delete',
    'POST /user/logout',
  ])
    assert.equal(await erased(call), false, call);
  assert.equal(await erased('POST /users/{id}/roles', 'removeUserRole'), false);
});
