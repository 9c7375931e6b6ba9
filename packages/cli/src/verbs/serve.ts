import { join } from 'node:path';
import type { Gateway } from '@castellan/gateway';
import { announce, defaultStore, openStore, serveRegistry, type Store } from '@castellan/registry';
import { summary } from '../gateway/summary.ts';
import { configuredRegistry } from '../inventory/store.ts';
import { options, readServeFlags } from '../serve/flags.ts';
import { readGateways, startBeside } from '../serve/gateways.ts';
import { settingsOf } from '../serve/settings.ts';
import { startPage } from '../serve/start-page.ts';
import { parseArguments, usage } from '../arguments.ts';
import type { Terminal, Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'serve',
  help: `castellan serve [options]

Starts the registry over the inventory's store, and, where castellan.yaml has upstreams, the gateway in front of its APIs, which reports
to that registry. Says what runs where and what to open. Port, TLS, login and store may stand in castellan.yaml too (serve, store);
flags come before it. See docs/registry.md.

  --port N              of the registry; default 8181. The gateway listens where listen of castellan.yaml says
  --address NAME        of the registry; default 127.0.0.1; anything else is a decision
  --config FILE         default castellan.yaml, where there is one; --no-gateway leaves its gateway out
  --store URL           file:FOLDER (default file:.castellan/registry, or store.url of castellan.yaml), or postgres://…
  --key-file FILE       where the first administrator's key is written (mode 0600) instead of printed

  --tls-cert FILE, --tls-key FILE   PEM: the registry is served over HTTPS
  --tls-client-ca FILE              guards may come with client certificates of this authority
  --login-issuer URL --login-audience NAME   an OpenID Connect provider whose people may come in
  --login-role ROLE=GROUP           a group of the provider that has a role; may be repeated
  --login-groups CLAIM              where tokens have the groups; default claims.groups
  --warm-up TIME                    how long the detectors only learn from events; default 1d
`,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('serve', args, options);
    if (positionals.length > 0) throw usage(`serve takes no '${positionals[0]}'`, 'see castellan serve --help');
    const { cwd } = terminal;
    const flags = readServeFlags(values, cwd);
    const setup = values['no-gateway'] === true ? undefined : await readGateways(values.config, cwd);
    const configured = await configuredRegistry(cwd, values.config);
    const settings = settingsOf(flags.serve, configured.serve);
    const url = values.store ?? configured.url ?? defaultStore;
    const store = await openStore({ url, cwd, patience: 30_000 });
    let gateway: Gateway | undefined;
    try {
      const { retention, posture } = configured;
      const detect = { ...configured.detect, warmUp: settings.detect?.warmUp ?? configured.detect.warmUp };
      const server = await serveRegistry(store, { ...settings, detect, audit: auditOf(store), retention, posture });
      const quiet =
        store.folder === undefined ? undefined : announce(store.folder, { url: server.url, key: server.localKey });
      try {
        if (setup !== undefined) gateway = await startBeside(store, server, setup, cwd);
        terminal.out(await startPage(store, server, flags.keyFile, cwd));
        if (gateway !== undefined && setup !== undefined) terminal.out(`\n${summary(gateway, setup)}`);
        await ended(terminal);
      } finally {
        quiet?.();
        // What the gateway has to report goes first.
        await gateway?.close();
        await server.close();
      }
    } finally {
      await store.close();
    }
    return 0;
  },
};

async function ended({ signal }: Terminal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The registry's own audit log stands beside its store. */
function auditOf({ folder }: Store): { readonly dir: string } | undefined {
  return folder === undefined ? undefined : { dir: join(folder, 'audit') };
}
