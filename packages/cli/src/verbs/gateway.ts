import { printable } from '@castellan/assess/printable';
import { CastellanError, everyServer } from '@castellan/contract';
import { startGateway, type Gateway, type GatewayOptions } from '@castellan/gateway';
import { parseArguments } from '../arguments.ts';
import { readAuthentication } from '../authentication-file.ts';
import type { Terminal, Verb } from '../verb.ts';

const help = `castellan gateway --contract FILE --upstream URL [options]

Puts the guard in front of an HTTP server: every request and response is checked against the contract.

  --contract FILE        the OpenAPI document (path or URL)
  --overlay FILE         an OpenAPI Overlay; may be repeated
  --upstream URL         where the API runs
  --port N               where to listen (default 8080; 0 takes a free port)
  --host ADDRESS         default 127.0.0.1
  --tls-cert FILE        PEM; with --tls-key the gateway speaks HTTPS
  --tls-key FILE
  --tls-client-ca FILE   PEM; asks callers for a certificate of this authority (mutualTLS)
  --mode MODE            enforce (default) or observe: decide and record, but let pass
  --authentication FILE  JSON: who vouches for identities, by security scheme name
  --revocations FILE     credentials that are no longer good (castellan keys revoke)
  --context-group NAME   a group that the upstream decides by, or a prefix with *; may be repeated (default: all that fit)
  --signing-keys FILE    where the keys of the castellan-context token are kept (default: in memory)
  --policies GLOB        Cedar policies; may be repeated
  --entities FILE        groups and what else no body tells, in Cedar's entities JSON
  --audit FILE           one JSON line per request; - is standard output
  --per-address RATE     requests per client address (default 1200/minute; off for none)
  --per-principal RATE   requests per authenticated subject (default 1200/minute; off for none)
  --trusted-proxy CIDR   believe X-Forwarded-For from here; may be repeated
  --base-path PATH       the path prefix of the API, where it is not that of the document's servers
  --environment NAME     production refuses mock identity providers

Ends with Ctrl-C. SIGHUP has the files read again.
`;

const options = {
  contract: { type: 'string' },
  overlay: { type: 'string', multiple: true },
  upstream: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-client-ca': { type: 'string' },
  revocations: { type: 'string' },
  'signing-keys': { type: 'string' },
  'context-group': { type: 'string', multiple: true },
  mode: { type: 'string' },
  authentication: { type: 'string' },
  policies: { type: 'string', multiple: true },
  entities: { type: 'string' },
  audit: { type: 'string' },
  'per-address': { type: 'string' },
  'per-principal': { type: 'string' },
  'trusted-proxy': { type: 'string', multiple: true },
  'base-path': { type: 'string' },
  environment: { type: 'string' },
} as const;

export const verb: Verb = {
  name: 'gateway',
  summary: 'the guard as a reverse proxy in front of any HTTP server',
  help,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('gateway', args, options);
    if (positionals.length > 0) throw usage(`'${positionals[0]}' is not expected`, 'name the document with --contract');
    const { contract, upstream } = values;
    if (contract === undefined) throw usage('--contract is missing', 'name the OpenAPI document');
    if (upstream === undefined)
      throw usage('--upstream is missing', 'name the address of the API, such as http://127.0.0.1:3000');
    const tls = tlsFiles(values['tls-cert'], values['tls-key'], values['tls-client-ca']);
    const authentication =
      values.authentication === undefined ? undefined : await readAuthentication(values.authentication);
    const gatewayOptions: GatewayOptions = {
      contract,
      upstream,
      port: portOf(values.port),
      ...(values.overlay === undefined ? {} : { overlays: values.overlay }),
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(tls === undefined ? {} : { tls }),
      ...(values.mode === undefined ? {} : { mode: modeOf(values.mode) }),
      ...(authentication === undefined ? {} : { authentication: authentication.value }),
      ...(values.revocations === undefined ? {} : { revocation: { file: values.revocations } }),
      ...(values['signing-keys'] === undefined && values['context-group'] === undefined
        ? {}
        : { context: { file: values['signing-keys'], groups: values['context-group'] } }),
      ...(values.policies === undefined ? {} : { policies: values.policies }),
      ...(values.entities === undefined ? {} : { entities: values.entities }),
      ...(values.audit === undefined ? {} : { audit: { file: values.audit } }),
      ...(values['trusted-proxy'] === undefined ? {} : { trustedProxies: values['trusted-proxy'] }),
      ...(values['base-path'] === undefined ? {} : { basePath: values['base-path'] }),
      ...(values.environment === undefined ? {} : { environment: values.environment }),
      onReload: (outcome) =>
        terminal.err(
          outcome.ok
            ? 'files that changed are in force\n'
            : `${printable(outcome.error.message)}; the last good contract and policies stay in force\n`,
        ),
      limits: {
        ...(values['per-address'] === undefined ? {} : { perAddress: values['per-address'] }),
        ...(values['per-principal'] === undefined ? {} : { perPrincipal: values['per-principal'] }),
      },
    };
    let gateway: Gateway | undefined;
    // From before the start until after the end: at no moment does it end the process.
    const quiet = terminal.onHangUp?.(() => void reload(gateway, terminal));
    try {
      gateway = await startGateway(gatewayOptions).catch((error: unknown) => {
        throw onCommandLine(error, values.authentication);
      });
      const print = values.audit === '-' ? terminal.err : terminal.out;
      print(summary(gateway, upstream, authentication?.notices ?? []));
      await new Promise<void>((resolve) => {
        if (terminal.signal.aborted) resolve();
        else terminal.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      await gateway?.close();
      quiet?.();
    }
    return 0;
  },
};

/** Reads the files again; before the gateway has started they are about to be read. */
async function reload(gateway: Gateway | undefined, terminal: Terminal): Promise<void> {
  try {
    await gateway?.reload();
    if (gateway !== undefined) terminal.err('the files as they are now are in force\n');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.err(`${error.message}; the last good ones stay in force\n`);
  }
}

function summary(
  { url, guard, notices: said }: Gateway,
  upstream: string,
  more: readonly { readonly code: string; readonly message: string }[],
): string {
  const notices = [...said, ...more];
  const { contract, settings } = guard;
  const prefixes = [...new Set(everyServer(contract).flatMap((server) => server.basePaths))].filter(
    (path) => path !== '',
  );
  const lines = [
    `${contract.title} ${contract.version} (OpenAPI ${contract.openapi}, ${contract.operations.length} operations, ${contract.digest.slice(0, 19)})`,
    `listening on ${url}${prefixes.length === 0 ? '' : `, paths under ${prefixes.join(' and ')}`}, in front of ${upstream}, mode ${settings.mode}`,
  ];
  if (notices.length === 0) lines.push('everything that the contract declares is enforced');
  else for (const notice of notices) lines.push(`not protected: ${notice.message} [${notice.code}]`);
  return `${printable(lines).join('\n')}\n`;
}

/** The guard names its options; on a command line they stand in a file. */
function onCommandLine(error: unknown, file: string | undefined): unknown {
  if (!(error instanceof CastellanError) || error.code !== 'unconfigured-scheme') return error;
  const entry = error.mend.replace(/^add authentication\./, '');
  const mend =
    file === undefined
      ? `write { ${entry} } as JSON into a file, and name it with --authentication`
      : `add ${entry} to ${file}, as JSON`;
  return new CastellanError({ code: error.code, message: error.what, place: error.place, mend, cause: error });
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 8080;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) throw usage(`--port is '${text}'`, 'write a number from 0 to 65535');
  return port;
}

function modeOf(text: string): 'enforce' | 'observe' {
  if (text === 'enforce' || text === 'observe') return text;
  throw usage(`--mode is '${text}'`, 'write enforce or observe');
}

function tlsFiles(
  cert: string | undefined,
  key: string | undefined,
  clientCa: string | undefined,
): GatewayOptions['tls'] {
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw usage(`--tls-${cert === undefined ? 'cert' : 'key'} is missing`, 'give both --tls-cert and --tls-key');
  return { cert, key, clientCa };
}

function usage(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'usage', message, mend });
}
