// Writes dist/policy-answers.json; `npm run build` runs it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package-folder.ts';
import { askRegistryAnswers } from './known-answers.ts';

writeFileSync(join(packageFolder, 'dist/policy-answers.json'), JSON.stringify(await askRegistryAnswers()));
