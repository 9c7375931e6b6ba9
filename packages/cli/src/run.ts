import { getEventListeners } from 'node:events';
import { CastellanError } from '@castellan/contract';
import { printable, printableOutput } from '@castellan/assess/printable';
import { nearest } from './arguments.ts';
import { toolVersion } from './check/version.ts';
import { fileRefused } from './file-refused.ts';
import type { ExitStatus, Terminal } from './verb.ts';
import { verbs } from './verbs/index.ts';

/** Runs one command line and gives its exit status. Prints at most one line for bad usage or input. */
export async function run(args: readonly string[], raw: Terminal = processTerminal()): Promise<ExitStatus> {
  const terminal = withoutSteering(raw);
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      terminal.out(overview());
      return name === undefined ? 2 : 0;
    }
    if (name === '--version' || name === '-V' || name === 'version') {
      terminal.out(`${toolVersion()}\n`);
      return 0;
    }
    const known = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (known === undefined) {
      const near = nearest(name, Object.keys(verbs));
      throw new CastellanError({
        code: 'usage',
        message: `unknown command '${name}'`,
        mend: near === undefined ? 'see castellan --help' : `did you mean ${near}?`,
      });
    }
    const verb = await known.load();
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.out(verb.help);
      return 0;
    }
    return await verb.run(rest, terminal);
  } catch (error) {
    const told = error instanceof CastellanError ? error : fileRefused(error, terminal.cwd);
    if (told !== undefined) {
      terminal.err(`castellan: ${printable(told.message)}\n`);
      return 2;
    }
    terminal.err(
      `castellan: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return 3;
  }
}

function overview(): string {
  const lines = ['castellan <command> [options]', '', 'REST API security from one source: the OpenAPI document.', ''];
  for (const [name, { summary }] of Object.entries(verbs)) lines.push(`  ${name.padEnd(12)}${summary}`);
  lines.push('', 'castellan <command> --help shows its options; castellan --version, which this is.', '');
  return lines.join('\n');
}

/** The one way out of every verb: whatever text it holds cannot steer the terminal or the CI that shows it. */
function withoutSteering(terminal: Terminal): Terminal {
  const { interactive: styles } = terminal;
  return {
    ...terminal,
    out: (text, { commands = false } = {}) => terminal.out(printableOutput(text, { styles, commands })),
    err: (text) => terminal.err(printableOutput(text, { styles })),
  };
}

function processTerminal(): Terminal {
  const stop = new AbortController();
  // A verb that waits for the signal tidies up and ends; any other is ended at once. A second signal ends either.
  const end = (status: number) => () => {
    if (getEventListeners(stop.signal, 'abort').length === 0) process.exit(status);
    stop.abort();
  };
  // Whoever reads may close the pipe (`| head`): nothing more is written, a verb that waits ends, and the status stays what
  // the verb decides. Anything else that goes wrong with the output is told by Node.
  const closed = (tell: () => void) => (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    tell();
  };
  process.stdout.on(
    'error',
    closed(() => stop.abort()),
  );
  process.stderr.on(
    'error',
    closed(() => undefined),
  );
  process.once('SIGINT', end(130));
  process.once('SIGTERM', end(143));
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stdout.isTTY === true && process.env['CI'] === undefined,
    cwd: process.cwd(),
    env: process.env,
    signal: stop.signal,
    onHangUp(listener) {
      process.on('SIGHUP', listener);
      return () => void process.off('SIGHUP', listener);
    },
  };
}
