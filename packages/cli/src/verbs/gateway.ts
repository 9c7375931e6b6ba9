import { printable } from '@castellan/assess/printable';
import { incidentText } from '@castellan/detect';
import { everyServer } from '@castellan/contract';
import { startGateway, type Gateway } from '@castellan/gateway';
import { WatchedFile } from '@castellan/guard/secrets';
import { help, readFlags, type Flags } from '../gateway/flags.ts';
import { readSetup, type Setup } from '../gateway/setup.ts';
import type { Terminal, Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'gateway',
  summary: 'the guard as a reverse proxy in front of any HTTP server',
  help,
  async run(args, terminal) {
    const flags = readFlags(args);
    const setup = await readSetup(flags, terminal.cwd);
    let gateway: Gateway | undefined;
    const again = (): void => void reload(gateway, flags, setup, terminal);
    // From before the start until after the end: at no moment does it end the process.
    const quiet = terminal.onHangUp?.(again);
    const watched = setup.files.map((file) => new WatchedFile(file, (text) => text));
    try {
      gateway = await startGateway(withReload(setup, terminal)).catch((error: unknown) => {
        throw setup.told(error);
      });
      for (const file of watched) file.changed = again;
      const print = setup.options.audit?.file === '-' ? terminal.err : terminal.out;
      print(summary(gateway, setup));
      await new Promise<void>((resolve) => {
        if (terminal.signal.aborted) resolve();
        else terminal.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      for (const file of watched) file.close();
      await gateway?.close();
      quiet?.();
    }
    return 0;
  },
};

function withReload({ options }: Setup, terminal: Terminal): Setup['options'] {
  return {
    ...options,
    onIncident: (incident, change) => {
      if (change !== 'closed') terminal.err(incidentText(printable(incident)));
    },
    onReload: (outcome) =>
      terminal.err(
        outcome.ok
          ? 'files that changed are in force\n'
          : `${printable(outcome.error.message)}; the last good contract and policies stay in force\n`,
      ),
  };
}

/** Reads all files again; before the gateway has started they are about to be read. */
async function reload(gateway: Gateway | undefined, flags: Flags, setup: Setup, terminal: Terminal): Promise<void> {
  if (gateway === undefined) return;
  let { told } = setup;
  try {
    const next = await readSetup(flags, terminal.cwd);
    ({ told } = next);
    await gateway.reload(next.options);
    terminal.err('the files as they are now are in force\n');
  } catch (thrown) {
    const error = told(thrown);
    if (!(error instanceof Error)) throw error;
    terminal.err(`${printable(error.message)}; the last good ones stay in force\n`);
  }
}

function summary(
  { url, adminUrl, guard, detection, notices: said }: Gateway,
  { options, notices: more, config }: Setup,
): string {
  const notices = [...said, ...more];
  const { contract, settings } = guard;
  const prefixes = [...new Set(everyServer(contract).flatMap((server) => server.basePaths))].filter(
    (path) => path !== '',
  );
  const { upstream } = options;
  const upstreams = (Array.isArray(upstream) ? upstream : [{ url: upstream as string | URL }])
    .map((one) => String(one.url))
    .join(' and ');
  const lines = [
    `${contract.title} ${contract.version} (OpenAPI ${contract.openapi}, ${contract.operations.length} operations, ${contract.digest.slice(0, 19)})`,
    `listening on ${url}${prefixes.length === 0 ? '' : `, paths under ${prefixes.join(' and ')}`}, in front of ${upstreams}, mode ${settings.mode}${settings.modes.responses === settings.mode ? '' : `, ${settings.modes.responses} for responses`}`,
  ];
  if (config !== undefined) lines.push(`configured by ${config}`);
  if (adminUrl !== undefined) lines.push(`health and metrics on ${adminUrl}`);
  if (detection !== undefined)
    lines.push(
      `looking for attacks; what is compared with usual behaviour is reported from tomorrow on${adminUrl === undefined ? '' : ` (castellan watch ${adminUrl})`}`,
    );
  if (notices.length === 0) lines.push('everything that the contract declares is enforced');
  else for (const notice of notices) lines.push(`not protected: ${notice.message} [${notice.code}]`);
  return `${printable(lines).join('\n')}\n`;
}
