import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rulePage, rulesPage } from './rule-page.ts';
import { contractRules } from './rules/index.ts';

const folder = join(import.meta.dirname, '../../../../docs/rules');

test('docs/rules says what the rule files say (node packages/assess/src/posture/write-pages.ts writes it anew)', () => {
  for (const rule of contractRules)
    assert.equal(readFileSync(join(folder, `${rule.id}.md`), 'utf8'), rulePage(rule), rule.id);
  assert.equal(readFileSync(join(folder, 'README.md'), 'utf8'), rulesPage(contractRules));
});

test('every rule has a page', () => {
  const pages = new Set(readdirSync(folder));
  for (const { id } of contractRules) assert.ok(pages.has(`${id}.md`), id);
});
