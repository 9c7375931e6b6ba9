// npm run reference: writes docs/reference from the code.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages } from './pages.ts';

const folder = join(import.meta.dirname, '../../docs/reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(await pages())) writeFileSync(join(folder, name), text);
