// Writes dist/store/first-data.tar.gz: the files of a database with all tables and no rows; `npm run build` runs it.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { packageFolder } from '../package-folder.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

const file = join(packageFolder, 'dist/store/first-data.tar.gz');
rmSync(file, { force: true });
const pglite = await PGlite.create();
const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
await migrate(db, undefined);
await pglite.exec('vacuum analyze');
const packed = await pglite.dumpDataDir('gzip');
writeFileSync(file, Buffer.from(await packed.arrayBuffer()));
await db.destroy();
