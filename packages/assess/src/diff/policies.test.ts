import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { diffPolicies } from './policies.ts';

const documents = join(import.meta.dirname, '../../../../examples/documents');
const contract = await loadContract(join(documents, 'openapi.yaml'));
const text = readFileSync(join(documents, 'policies/sections.cedar'), 'utf8');
const diff = (before: string, after: string) =>
  diffPolicies([{ file: 'old.cedar', text: before }], [{ file: 'new.cedar', text: after }], contract).map(
    ({ code, operation }) => `${code} ${operation}`,
  );

test('the same policies change nothing; the same said otherwise is named as such', () => {
  assert.deepEqual(diff(text, text), []);
  assert.deepEqual(
    diff(text, text.replace('resource.approval.tag == "ready"', '!(resource.approval.tag != "ready")')),
    ['policy-says-the-same undefined'],
  );
});

test('a longer time, a dropped condition and a wider group permit more', () => {
  assert.deepEqual(diff(text, text.replace('78h', '780h')), [
    'policy-permits-more PATCH /documents/{documentId}/sections/{sectionId}',
  ]);
  assert.deepEqual(diff(text, text.replace('resource.approval.tag == "ready" &&', '')), [
    'policy-permits-more PATCH /documents/{documentId}/sections/{sectionId}',
  ]);
  assert.deepEqual(diff(text, text.replace('resource.approval.by in Group::"approvers" &&', '')), [
    'policy-permits-more PATCH /documents/{documentId}/sections/{sectionId}',
  ]);
});

test('a stricter condition permits less', () => {
  assert.deepEqual(diff(text.replace('78h', '780h'), text), [
    'policy-permits-less PATCH /documents/{documentId}/sections/{sectionId}',
  ]);
});

const base =
  '@id("p") permit (principal in Group::"staff", action, resource is Section) when { resource.heading == "a" && resource has text };';

test('layout, comments, names and order are no change; other words for the same are named as such', () => {
  const other =
    '@id("q") permit (principal, action == Action::"getMe", resource is User) when { resource == principal };';
  for (const now of [
    `// why\n${base.replaceAll(' ', '\n  ')}`,
    base.replace('"p"', '"renamed"'),
    base.replace('@id("p")', '@id("p") @note("why")'),
  ])
    assert.deepEqual(diff(base, now), [], now);
  assert.deepEqual(diff(`${base}\n${other}`, `${other}\n${base}`), []);
  for (const now of [
    base.replace('resource.heading == "a" && resource has text', 'resource has text && resource.heading == "a"'),
    base.replace('resource.heading == "a"', '"a" == resource.heading'),
    base.replace('resource.heading == "a"', '!(resource.heading != "a")'),
    base.replace('resource has text }', 'true } unless { !(resource has text) }'),
    base.replace('resource has text }', 'resource has text } when { principal in Group::"staff" }'),
    base.replace('resource has text', '(if resource has text then true else false)'),
  ])
    assert.deepEqual(diff(base, now), ['policy-says-the-same undefined'], now);
});

test('what cannot be judged is said, never passed over', () => {
  const template = 'permit (principal == ?principal, action, resource);';
  assert.deepEqual(diff(base, `${base}\n@id("t") ${template}`), ['policy-not-judged undefined']);
  const never = base.replace('resource.heading == "a"', '1 == 2 && resource.heading == "a"');
  assert.deepEqual(diff(never, never.replace('"a"', '"b"')), ['policy-not-judged undefined']);
});

test('a policy that comes or goes where others decide the same is still named', () => {
  const all = '@id("all") permit (principal, action, resource);';
  assert.deepEqual(
    diff(all, `${all}\n${base}`).map((one) => one.split(' ')[0]),
    ['policy-overlapped'],
  );
  assert.deepEqual(
    diff(`${all}\n${base}`, all).map((one) => one.split(' ')[0]),
    ['policy-overlapped'],
  );
});
