import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knowAnswers, recordAnswers, type KnownAnswers } from '@castellan/policy';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { packageFolder } from '../../package-folder.ts';
import type { Tables } from '../../store/tables.ts';
import { createRegistryGuard } from './registry-guard.ts';

const file = join(packageFolder, 'dist/policy-answers.json');

/**
 * Makes known what Cedar's engine says of the registry's own policies: they are the same at every start, and the engine takes a quarter
 * of it. Where castellan runs from its sources and was never built, the engine is asked.
 */
export function knowRegistryAnswers(): void {
  try {
    knowAnswers(JSON.parse(readFileSync(file, 'utf8')) as KnownAnswers);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Asks all that a start may ask, with and without client certificates. An identity provider changes none of it, and would have to answer.
 * @returns for {@link knowRegistryAnswers}
 */
export async function askRegistryAnswers(): Promise<KnownAnswers> {
  // Nothing is read of the store before a request comes.
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new PostgresIntrospector(of),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  return recordAnswers(async () => {
    for (const options of [{}, { certificates: true }]) {
      const guard = await createRegistryGuard(
        { db, name: 'none', clock: Date.now, cleansItself: true, close: async () => undefined },
        options,
      );
      await guard.end();
    }
  });
}
