import { printable } from '@castellan/assess/printable';
import {
  importCatalog,
  importDeployments,
  importDocuments,
  type ImportedDeployments,
  type ImportedDocument,
} from '@castellan/registry';
import type { ExitStatus } from '../verb.ts';
import { usage, type InventoryCall } from './arguments.ts';
import { besideFile, sourcesOf } from './sources.ts';
import { withStore } from './store.ts';

/** `castellan inventory import`: exit status 1 where a document could not be read. */
export async function importAll(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  if (positionals.length === 0) throw usage('nothing to import is named', 'castellan inventory import ./services');
  const { api, owner, environment } = values;
  const { cwd } = terminal;
  const sources = await sourcesOf(positionals, cwd, { api, owner });
  if (sources.documents.length > 1 && api !== undefined)
    throw usage(`--api ${api} names ${sources.documents.length} documents`, 'import them one by one, or without --api');
  const progress = terminal.interactive
    ? (done: number) => terminal.err(`\r${done} of ${sources.documents.length} documents`)
    : undefined;
  const { documents, deployments } = await withStore(call, async (store) => {
    const read = [...(await importDocuments(store, sources.documents, { cwd, ...(progress && { progress }) }))];
    for (const catalog of sources.catalogs) read.push(...(await importCatalog(store, catalog, cwd)));
    const { architecture } = sources;
    return {
      documents: read,
      deployments:
        architecture === undefined
          ? none
          : await importDeployments(store, architecture, {
              environment,
              apiOf: (file, contract) => apiIn(read, besideFile(file, contract, cwd)),
            }),
    };
  });
  if (progress !== undefined && sources.documents.length > 0) terminal.err('\n');
  if (documents.length === 0 && deployments.deployments === 0)
    throw usage(
      `${positionals.join(' ')} holds nothing that is imported`,
      'name OpenAPI documents or deployment files',
    );
  terminal.out(
    values.json === true ? `${JSON.stringify({ documents, deployments }, null, 2)}\n` : textOf(documents, deployments),
  );
  return documents.some(({ outcome }) => outcome === 'unreadable') ? 1 : 0;
}

function apiIn(documents: readonly ImportedDocument[], source: string): string | undefined {
  const found = documents.find((one) => one.source === source);
  return found === undefined || found.outcome === 'unreadable' ? undefined : found.api;
}

const none: ImportedDeployments = { deployments: 0, dependencies: 0, notices: [] };

function textOf(
  documents: readonly ImportedDocument[],
  { deployments, dependencies, notices }: ImportedDeployments,
): string {
  const lines = documents.map((one) =>
    one.outcome === 'unreadable'
      ? `unreadable: ${one.reason}`
      : `${one.source}: ${one.api}, ${one.operations} operations, ${one.digest.slice(0, 19)}${one.outcome === 'known' ? ' (known)' : ''}`,
  );
  if (deployments > 0) lines.push(`${deployments} deployments, ${dependencies} dependencies`);
  lines.push(...notices);
  return `${printable(lines).join('\n')}\n`;
}
