import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { compilePolicies, exportPolicies, importPolicies, openPolicies } from './index.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'castellan-policies-'));
  write('a.cedar', 'permit (principal, action, resource);');
  write('b.cedar', '@id("no") forbid (principal == User::"eve", action, resource);');
});
afterEach(() => rmSync(cwd, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
const eve = {
  principal: { type: 'User', id: 'eve' },
  action: { type: 'Action', id: 'x' },
  resource: { type: 'R', id: 'r' },
};

function open(paths = ['*.cedar']) {
  const errors: string[] = [];
  const policies = openPolicies(paths, { cwd, watch: false, onError: ({ message }) => errors.push(message) });
  return { policies, errors };
}

test('a change comes into force', () => {
  const { policies, errors } = open();
  write('c.cedar', '@id("more") permit (principal, action, resource);');
  assert.equal(policies.reload(), true);
  assert.deepEqual([policies.current.ids, errors], [['policy0', 'no', 'more'], []]);
});

test('a syntax error, an unreadable set or a vanished file leaves the last good set in force and is said in a line', () => {
  const { policies, errors } = open();
  const good = policies.current;
  write('a.cedar', 'permit (principal, action, resource);\npermit (principal, action, resurce);');
  assert.equal(policies.reload(), false);
  write('a.cedar', 'permit (principal, action, resource);');
  renameSync(join(cwd, 'b.cedar'), join(cwd, 'b.gone'));
  assert.equal(policies.reload(), false, 'a forbid does not go away with its file');
  assert.equal(policies.current, good);
  assert.deepEqual(policies.current.decide(eve).reasons, ['no']);
  assert.match(errors[0] ?? '', /^a\.cedar:2:28: .*resurce/);
  assert.match(
    errors[1] ?? '',
    /^b\.cedar: the policy file is gone; the last good policies stay in force; put it back, or restart/,
  );
  assert.equal(policies.reload('vanished'), true);
  assert.deepEqual(policies.current.ids, ['policy0']);
});

test('a path that matches nothing is an error on opening', () => {
  assert.throws(() => open(['none/*.cedar']), /none\/\*\.cedar: no policy file is there/);
});

test('a watched file is read again when it changes', async () => {
  const changed = Promise.withResolvers<readonly string[]>();
  const policies = openPolicies(['*.cedar'], { cwd, onChange: ({ ids }) => changed.resolve(ids) });
  try {
    const alive = setInterval(() => write('a.cedar', '@id("new") permit (principal, action, resource);'), 500);
    assert.deepEqual(await changed.promise, ['new', 'no']);
    clearInterval(alive);
  } finally {
    policies.close();
  }
});

test("a store goes out and comes back in Cedar's own format", () => {
  const policies =
    'permit (principal == ?principal, action, resource); @id("b") forbid (principal, action, resource) when { context.n > 3 };';
  const links = [{ templateId: 'policy0', newId: 'eve', values: { '?principal': { type: 'User', id: 'eve' } } }];
  const set = compilePolicies({ policies, links });
  const store = JSON.parse(JSON.stringify(exportPolicies(set))) as unknown;
  const again = compilePolicies(importPolicies(store));
  assert.deepEqual([...again.ids].sort(), ['b', 'eve']);
  assert.deepEqual(again.decide({ ...eve, context: { n: 1 } }), set.decide({ ...eve, context: { n: 1 } }));
  assert.deepEqual(again.decide({ ...eve, context: { n: 1 } }).reasons, ['eve']);
  assert.deepEqual(exportPolicies(again), exportPolicies(set));
  assert.throws(() => importPolicies([]), /no policy store/);
});
