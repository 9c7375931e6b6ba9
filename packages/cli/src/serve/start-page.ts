import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { printable } from '@castellan/assess/printable';
import { CastellanError } from '@castellan/contract';
import { listApis, recentGhosts, type Store } from '@castellan/registry';

/** One page of text: what runs where, and what to open. */
export async function startPage(
  store: Store,
  { url, administratorKey }: { readonly url: string; readonly administratorKey: string | undefined },
  keyFile: string | undefined,
  cwd: string,
): Promise<string> {
  const page = await listApis(store, { limit: shown });
  const apis = page.items.map(
    ({ id, version, operations, environments }) =>
      `  ${id} ${version}, ${operations} operations, ${environments.join(' and ') || 'nowhere known'}`,
  );
  const count = async (table: 'apis' | 'deployments'): Promise<number> =>
    Number(
      (
        await store.db
          .selectFrom(table)
          .select((of) => of.fn.countAll().as('all'))
          .executeTakeFirst()
      )?.all ?? 0,
    );
  const [all, deployments] = [await count('apis'), await count('deployments')];
  // Among hundreds of APIs they take seconds to look for, and the page would wait.
  const ghosts = all > fewApis ? undefined : (await recentGhosts(store)).ghosts;
  const lines = [
    `registry ${url}, store ${store.name}`,
    `${all} APIs, ${deployments} deployments, ${ghosts === undefined ? 'ghosts: castellan inventory ghosts' : `${ghosts.length} ghosts`}`,
    ...apis,
    ...(all > shown ? [`  and ${all - shown} more`] : []),
    ...(ghosts ?? [])
      .slice(0, 5)
      .map(({ severity, kind, subject, environment }) => `  ${severity} ${kind}: ${subject} ${environment}`),
    '',
  ];
  if (administratorKey !== undefined && keyFile !== undefined) {
    writeKey(resolve(cwd, keyFile), keyFile, administratorKey);
    lines.push(`the administrator's key is in ${keyFile}, and nowhere else`, `export KEY=$(cat ${keyFile})`);
  } else if (administratorKey !== undefined)
    lines.push(`the administrator's key, shown this once: ${administratorKey}`, `export KEY=${administratorKey}`);
  lines.push(
    `curl ${url}/openapi.json`,
    ...['apis', 'deployments', 'ghosts', 'posture'].map((path) => `curl -H "X-Castellan-Key: $KEY" ${url}/${path}`),
  );
  return `${printable(lines).join('\n')}\n`;
}

/** APIs that the page names. */
const shown = 20;
/** APIs up to which ghosts are counted for the page. */
const fewApis = 100;

/** A file that is there already is somebody's. */
function writeKey(path: string, file: string, key: string): void {
  try {
    writeFileSync(path, `${key}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new CastellanError({
      code: 'key-file',
      message: `the administrator's key cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a file that is not there yet with --key-file',
      cause,
    });
  }
}
