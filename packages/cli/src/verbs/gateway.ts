import { printable } from '@castellan/assess/printable';
import { incidentText } from '@castellan/detect';
import { startGateways, type Gateway, type NamedOptions } from '@castellan/gateway';
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
      gateway = await startGateways(withReload(setup, terminal)).catch((error: unknown) => {
        throw setup.told(error);
      });
      for (const file of watched) file.changed = again;
      const print = setup.apis.some(({ audit }) => audit?.file === '-') ? terminal.err : terminal.out;
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

function withReload({ apis }: Setup, terminal: Terminal): readonly NamedOptions[] {
  const of = (name: string): string => (apis.length > 1 ? `${name}: ` : '');
  return apis.map((options) => ({
    ...options,
    onIncident: (incident, change) => {
      if (change !== 'closed') terminal.err(incidentText(printable(incident)));
    },
    onReload: (outcome) =>
      terminal.err(
        outcome.ok
          ? `${printable(of(options.name))}files that changed are in force\n`
          : `${printable(of(options.name) + outcome.error.message)}; the last good contract and policies stay in force\n`,
      ),
  }));
}

/** Reads all files again; before the gateway has started they are about to be read. */
async function reload(gateway: Gateway | undefined, flags: Flags, setup: Setup, terminal: Terminal): Promise<void> {
  if (gateway === undefined) return;
  let { told } = setup;
  try {
    const next = await readSetup(flags, terminal.cwd);
    ({ told } = next);
    await gateway.reload(next.apis);
    terminal.err('the files as they are now are in force\n');
  } catch (thrown) {
    const error = told(thrown);
    if (!(error instanceof Error)) throw error;
    terminal.err(`${printable(error.message)}; the last good ones stay in force\n`);
  }
}

function summary({ url, adminUrl, apis, notices: said }: Gateway, { notices: more, config }: Setup): string {
  const notices = [...said, ...more];
  const [only] = apis;
  const lines =
    apis.length === 1 && only !== undefined
      ? [titleOf(only), `listening on ${url}${frontOf(only, true)}`]
      : [
          `listening on ${url}, ${apis.length} APIs`,
          ...apis.map((api) => `${api.name}: ${titleOf(api)}${frontOf(api, false)}`),
        ];
  if (config !== undefined) lines.push(`configured by ${config}`);
  if (adminUrl !== undefined) lines.push(`health and metrics on ${adminUrl}`);
  if (apis.some(({ detection }) => detection !== undefined))
    lines.push(
      `looking for attacks; what is compared with usual behaviour is reported from tomorrow on${adminUrl === undefined ? '' : ` (castellan watch ${adminUrl})`}`,
    );
  if (notices.length === 0) lines.push('everything that the contract declares is enforced');
  else for (const notice of notices) lines.push(`not protected: ${notice.message} [${notice.code}]`);
  return `${printable(lines).join('\n')}\n`;
}

type RunningApi = Gateway['apis'][number];

function titleOf({ guard: { contract } }: RunningApi): string {
  return `${contract.title} ${contract.version} (OpenAPI ${contract.openapi}, ${contract.operations.length} operation${contract.operations.length === 1 ? '' : 's'}, ${contract.digest.slice(0, 19)})`;
}

/** Which requests are the API's, and where they go. */
function frontOf({ guard: { settings }, setup, claim }: RunningApi, alone: boolean): string {
  const { upstream, hosts = [] } = setup.options;
  const prefixes = claim().prefixes.filter((path) => path !== '');
  const upstreams = (Array.isArray(upstream) ? upstream : [{ url: upstream as string | URL }])
    .map((one) => String(one.url))
    .join(' and ');
  const modes = settings.modes.responses === settings.mode ? '' : `, ${settings.modes.responses} for responses`;
  return [
    alone || hosts.length === 0 ? '' : `, host ${hosts.join(' and ')}`,
    prefixes.length === 0 ? '' : `, paths under ${prefixes.join(' and ')}`,
    `, in front of ${upstreams}, mode ${settings.mode}${modes}`,
  ].join('');
}
