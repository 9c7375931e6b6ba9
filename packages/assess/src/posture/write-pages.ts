import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulePage, rulesPage } from './rule-page.ts';
import { contractRules } from './rules/index.ts';

// Writes docs/rules anew. rule-page.test.ts tells when that is needed.
const folder = join(import.meta.dirname, '../../../../docs/rules');
mkdirSync(folder, { recursive: true });
for (const rule of contractRules) writeFileSync(join(folder, `${rule.id}.md`), rulePage(rule));
writeFileSync(join(folder, 'README.md'), rulesPage(contractRules));
