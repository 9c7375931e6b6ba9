import { printable } from '@castellan/assess/printable';
import { incidentText } from '@castellan/detect';
import { startGateways, type Gateway, type NamedOptions } from '@castellan/gateway';
import { WatchedFile } from '@castellan/guard/secrets';
import { help, readFlags, type Flags } from '../gateway/flags.ts';
import { readSetup, type Setup } from '../gateway/setup.ts';
import { summary } from '../gateway/summary.ts';
import type { Terminal, Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'gateway',
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
