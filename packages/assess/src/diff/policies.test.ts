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

test('the same policies, or the same said otherwise, change nothing', () => {
  assert.deepEqual(diff(text, text), []);
  assert.deepEqual(
    diff(text, text.replace('resource.approval.tag == "ready"', '!(resource.approval.tag != "ready")')),
    [],
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
