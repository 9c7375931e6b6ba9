import { printable } from '@castellan/assess/printable';
import type { CheckedApi, CheckedCastellanYaml } from '@castellan/gateway/castellan-yaml';

/** Problems, one line each, and what would run where. */
export function configText(checked: CheckedCastellanYaml): string {
  const { problems } = checked;
  const lines = problems.map(({ message }) => message);
  if (lines.length > 0) lines.push('');
  lines.push(...planOf(checked));
  if (lines.at(-1) !== '') lines.push('');
  lines.push(
    problems.length === 0
      ? `${checked.file}: nothing is wrong`
      : `${checked.file}: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}`,
  );
  return `${printable(lines).join('\n')}\n`;
}

/** What would run where, a line for each part. */
export function planOf({ yaml, apis }: CheckedCastellanYaml): readonly string[] {
  if (yaml === undefined) return [];
  const { listen, state, audit, registry, store, serve, detect, telemetry, forward } = yaml;
  const lines: string[] = [];
  const fronts = apis.some(({ api }) => (api.upstreams ?? []).length > 0);
  if (fronts) {
    const scheme = listen?.tls === undefined ? 'http' : 'https';
    lines.push(
      `castellan gateway would listen on ${scheme}://${addressOf(listen?.address ?? '127.0.0.1', listen?.port ?? 8080)}`,
    );
    if (listen?.admin !== undefined)
      lines.push(`  health and metrics on http://${addressOf(listen.admin.host, listen.admin.port)}`);
  } else if (apis.length > 0)
    lines.push('no API has upstreams: guards in applications would read this file (guardFrom)');
  const behind = apis.filter(({ api }) => api.upstreams === undefined).map(({ api }) => api.name);
  if (fronts && behind.length > 0)
    lines.push(`  only with --api NAME: ${behind.join(' and ')} ${behind.length === 1 ? 'has' : 'have'} no upstreams`);
  for (const one of apis) lines.push(...apiLines(one, apis.length === 1));
  if (state?.url !== undefined || state?.file !== undefined)
    lines.push(`limits, bans and used proofs in ${withoutUser(state.url ?? state.file ?? '')}`);
  const trail = audit?.dir ?? audit?.file;
  lines.push(
    trail === undefined
      ? 'no audit log: events are not kept'
      : `audit log in ${trail === '-' ? 'standard output' : trail}${audit?.dir !== undefined && apis.length > 1 ? ', a folder for each API' : ''}`,
  );
  if (detect !== undefined && detect !== false) lines.push('attacks are looked for');
  const otlp = telemetry?.otlp ?? audit?.otlp;
  if (otlp !== undefined) lines.push(`traces, metrics and logs to ${withoutUser(otlp)}`);
  if (forward?.syslog !== undefined) lines.push(`events to syslog at ${forward.syslog.host}`);
  if (forward?.webhook !== undefined) lines.push(`events to ${withoutUser(forward.webhook.url)}`);
  if (registry !== undefined) lines.push(`reports to the registry ${registry.url}`);
  if (serve !== undefined)
    lines.push(
      `castellan serve would listen on ${serve.tls === undefined ? 'http' : 'https'}://${addressOf(serve.address ?? '127.0.0.1', serve.port ?? 8181)}`,
    );
  if (serve?.login !== undefined) lines.push(`  people of ${withoutUser(serve.login.issuer)} may come in`);
  if (store !== undefined) lines.push(`castellan serve would keep its inventory in ${withoutUser(store.url)}`);
  return lines;
}

function apiLines({ api, run, claim }: CheckedApi, alone: boolean): readonly string[] {
  if (run === undefined) return [`  ${api.name}: would not start`];
  const { contract, settings, notices } = run;
  const paths = (claim?.prefixes ?? ['']).map((prefix) => `${prefix}/`).join(' and ');
  const hosts = alone || api.hosts === undefined ? 'any host' : api.hosts.join(' and ');
  const upstreams = (api.upstreams ?? []).map(({ url }) => withoutUser(String(url))).join(' and ');
  return [
    `  ${api.name}: ${contract.title} ${contract.version}, ${contract.operations.length} operations, ${contract.digest.slice(0, 19)}`,
    `    ${hosts}, paths under ${paths}${upstreams === '' ? '' : `, in front of ${upstreams}`}, mode ${settings.mode}${api.environment === undefined ? '' : `, ${api.environment}`}`,
    ...notices.map(({ code, message }) => `    not protected: ${message} [${code}]`),
  ];
}

function addressOf(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** An address without user, password and query. */
export function withoutUser(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/@]*@/i, '$1').replace(/\?.*$/s, '');
}
