import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { printable } from '@castellan/assess/printable';
import type { RegistryOptions } from '@castellan/guard';
import { createKey, localInventory, openStore, recordDeployment, serveRegistry } from '@castellan/registry';
import { formatTable } from '../table.ts';
import type { Terminal } from '../verb.ts';
import { loadExample } from './stage.ts';

/** What the two deployments of the tour are called. */
const guarded = { name: 'documents-gateway', environment: 'tour' } as const;
const bare = { name: 'documents-bare', environment: 'tour' } as const;
/** The API as the registry calls it. */
const api = 'documents';

/** The registry of the tour: in memory, and over HTTP as any. */
export interface DemoRegistry {
  readonly url: string;
  readonly administratorKey: string;
  /** For the gateway: it reports as any guard. */
  readonly reporting: RegistryOptions;
  readonly environment: string;
  /** Keeps the access log of the bare API from now on. */
  readonly watch: (base: string) => void;
  /** Takes that log in, and prints what is known of both deployments. */
  readonly tell: (terminal: Terminal) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openRegistry(): Promise<DemoRegistry> {
  const { contractFile } = await loadExample();
  const store = await openStore({ url: 'memory:', brief: true });
  const server = await serveRegistry(store, { port: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'castellan-tour-'));
  const inventory = localInventory(store);
  await inventory.importDocuments([{ source: contractFile, api }], { cwd: folder });
  const { key } = await createKey(store, { name: guarded.name, role: 'guard', api });
  const log: string[] = [];
  let port = '';
  const listener = (message: unknown): void => {
    const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse };
    // What the gateway hands on is its own to report.
    if (String(request.socket.localPort) !== port || request.headers['castellan-context'] !== undefined) return;
    const { method, url } = request;
    log.push(JSON.stringify({ time: new Date().toISOString(), method, path: url, status: response.statusCode }));
  };
  subscribe('http.server.response.finish', listener);
  return {
    url: server.url,
    administratorKey: server.administratorKey ?? '',
    environment: guarded.environment,
    reporting: { url: server.url, key, name: guarded.name },
    watch: (base) => void ({ port } = new URL(base)),
    async tell(terminal) {
      const file = join(folder, 'access.log');
      writeFileSync(file, `${log.splice(0).join('\n')}\n`);
      await inventory.importTraffic(file, { format: 'json', api, environment: bare.environment, source: 'access.log' });
      await recordDeployment(store, {
        id: 'tour',
        api,
        ...bare,
        source: 'tour',
        place: 'castellan demo',
        audit: false,
      });
      const { deployments } = await inventory.show(api);
      const { ghosts } = await inventory.ghosts();
      const rows = deployments.map(({ name, environment, mode, audit }) => [
        name,
        environment,
        mode ?? 'no guard',
        audit === true ? 'yes' : 'no',
      ]);
      const found = ghosts.filter(({ kind }) => kind !== 'orphan');
      const lines = found.flatMap(({ kind, subject, environment, evidence, remedy }) => [
        `  ${kind}: ${subject} in ${environment}`,
        `    ${evidence[0]}`,
        `    remediation: ${remedy}`,
      ]);
      terminal.out(`
What the registry knows of both (docs/registry.md): the gateway reported, of the bare API the access log was imported.

${formatTable(['deployment', 'environment', 'guard', 'audit trail'], rows)}
Ghosts:

${printable(lines).join('\n')}
`);
    },
    async close() {
      unsubscribe('http.server.response.finish', listener);
      await server.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lines to paste. */
export function registryLines({ url, administratorKey }: DemoRegistry): readonly string[] {
  return [
    '',
    `  KEY='${administratorKey}'`,
    ...['apis', 'deployments', 'ghosts'].map((path) => `  curl -s ${url}/${path} -H "X-Castellan-Key: $KEY"`),
    `  curl -s ${url}/.well-known/api-catalog                            # no key: what is published`,
  ];
}
