import { join } from 'node:path';
import { printable } from '@castellan/assess/printable';
import {
  announce,
  defaultStore,
  listApis,
  openStore,
  recentGhosts,
  serveRegistry,
  type Store,
} from '@castellan/registry';
import { parseArguments, usage } from '../arguments.ts';

import { configuredStore } from '../inventory/store.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'serve',
  summary: 'the registry: what guards report, and what of it is a ghost, over HTTP',
  help: `castellan serve [options]

Starts the registry over the inventory's store, and says what runs where and what to open. See docs/registry.md.

  --port N          default 8181
  --address NAME    default 127.0.0.1; anything else is a decision
  --store URL       file:FOLDER (default file:.castellan/registry, or store.url of castellan.yaml), or postgres://…
`,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('serve', args, {
      port: { type: 'string' },
      address: { type: 'string' },
      store: { type: 'string' },
    });
    if (positionals.length > 0) throw usage(`serve takes no '${positionals[0]}'`, 'see castellan serve --help');
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
      throw usage(`--port ${values.port} is no port`, 'write --port 8181');
    const { cwd, signal } = terminal;
    const url = values.store ?? (await configuredStore(cwd)) ?? defaultStore;
    const store = await openStore({ url, cwd, patience: 30_000 });
    try {
      const server = await serveRegistry(store, { port, host: values.address, audit: auditOf(store) });
      const quiet =
        store.folder === undefined ? undefined : announce(store.folder, { url: server.url, key: server.localKey });
      try {
        terminal.out(await startPage(store, server));
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          else signal.addEventListener('abort', () => resolve(), { once: true });
        });
      } finally {
        quiet?.();
        await server.close();
      }
    } finally {
      await store.close();
    }
    return 0;
  },
};

/** One page of text: what runs where, and what to open. */
async function startPage(
  store: Store,
  { url, administratorKey }: { readonly url: string; readonly administratorKey: string | undefined },
): Promise<string> {
  const page = await listApis(store, { limit: shown });
  const apis = page.items.map(
    ({ id, version, operations, environments }) =>
      `  ${id} ${version}, ${operations} operations, ${environments.join(' and ') || 'nowhere known'}`,
  );
  const { ghosts, checked } = await recentGhosts(store);
  const lines = [
    `registry ${url}, store ${store.name}`,
    `${checked.apis} APIs, ${checked.deployments} deployments, ${ghosts.length} ghosts`,
    ...apis,
    ...(checked.apis > shown ? [`  and ${checked.apis - shown} more`] : []),
    ...ghosts
      .slice(0, 5)
      .map(({ severity, kind, subject, environment }) => `  ${severity} ${kind}: ${subject} ${environment}`),
    '',
  ];
  if (administratorKey !== undefined)
    lines.push(`the administrator's key, shown this once: ${administratorKey}`, `export KEY=${administratorKey}`);
  lines.push(
    `curl ${url}/openapi.json`,
    ...['apis', 'deployments', 'ghosts'].map((path) => `curl -H "X-Castellan-Key: $KEY" ${url}/${path}`),
  );
  return `${printable(lines).join('\n')}\n`;
}

/** APIs that the page names. */
const shown = 20;

/** The registry's own audit log stands beside its store. */
function auditOf({ folder }: Store): { readonly dir: string } | undefined {
  return folder === undefined ? undefined : { dir: join(folder, 'audit') };
}
