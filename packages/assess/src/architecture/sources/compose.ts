import type { Place } from '@castellan/contract';
import type { Component, Fragment, Port, Setting, UnlinkedFlow } from '../model.ts';
import { connectionOf } from './connection.ts';
import { secretSeen, settingSeen } from './secrets.ts';
import { managementOfPort, protocolOfPort, technologyOf } from './technology.ts';
import type { YamlText, YamlValue } from '@castellan/gateway/castellan-yaml';

/** Whether a YAML document looks like a Compose file. */
export function isCompose({ root }: YamlText): boolean {
  const services = root.get('services');
  return [...services.entries()].some(([, service]) =>
    ['image', 'build', 'ports', 'environment'].some((name) => service.get(name).exists),
  );
}

/** Reads a Compose file (compose-spec): services, published ports, environment, privileges, networks. */
export function readCompose(file: string, { root }: YamlText): Fragment {
  const components: Component[] = [];
  const flows: UnlinkedFlow[] = [];
  const auditSinks = [];
  for (const [name, at] of root.get('services').entries()) {
    const id = `compose:${file}:${name}`;
    const variables = [...variablesOf(at)];
    const image = at.get('image').text;
    const { kind, technology } = technologyOf(image, name);
    components.push({
      id,
      name,
      kind,
      source: 'compose',
      technology,
      image,
      environment: environmentOf(file, variables),
      ports: portsOf(at),
      secrets: variables.flatMap(([key, value, place]) => present(secretSeen(key, value, place))),
      settings: [
        ...variables.flatMap(([key, value, place]) => present(settingSeen(key, value, place))),
        ...settingsOf(at),
      ],
      networks: namesOf(at.get('networks')),
      place: at.place,
    });
    for (const [, value, place] of variables) flows.push(...present(connectionOf(id, value, place)));
    for (const [, value, place] of pairedHosts(variables)) flows.push({ ...value, from: id, place });
    for (const [key, , place] of variables)
      if (/^OTEL_EXPORTER_OTLP_(?:LOGS_)?ENDPOINT$/.test(key)) auditSinks.push({ kind: 'otlp', place });
    const driver = at.get('logging', 'driver').text;
    if (driver !== undefined && !['none', 'json-file', 'local'].includes(driver))
      auditSinks.push({ kind: driver, place: at.get('logging').place });
    for (const target of namesOf(at.get('depends_on')))
      if (!flows.some((flow) => flow.from === id && flow.toName === target))
        flows.push({
          from: id,
          toName: target,
          protocol: 'unknown',
          encrypted: undefined,
          port: undefined,
          place: at.get('depends_on').place,
        });
  }
  return { components, flows, auditSinks, notices: [] };
}

/** `DB_HOST=db` with `DB_PORT`, `DB_NAME` beside it. */
function* pairedHosts(
  variables: readonly Variable[],
): Generator<[string, Omit<UnlinkedFlow, 'from' | 'place'>, Place]> {
  const all = new Map(variables.map(([key, value]) => [key, value]));
  for (const [key, value, place] of variables) {
    const prefix = /^(.*)_HOST(?:NAME)?$/.exec(key)?.[1] ?? (key === 'PGHOST' ? 'PG' : undefined);
    if (prefix === undefined || value === undefined || value === '' || /[${}/]/.test(value)) continue;
    const of = (suffix: string): string | undefined => all.get(`${prefix}_${suffix}`) ?? all.get(`${prefix}${suffix}`);
    const port = Number(of('PORT')) || undefined;
    yield [
      key,
      {
        toName: value.toLowerCase(),
        protocol: 'unknown',
        encrypted: undefined,
        port,
        resource: of('DATABASE') ?? of('NAME') ?? of('DB'),
      },
      place,
    ];
  }
}

type Variable = readonly [name: string, value: string | undefined, place: Place];

function* variablesOf(service: YamlValue): Generator<Variable> {
  const environment = service.get('environment');
  for (const [name, at] of environment.entries())
    yield [name, at.value === null ? undefined : (at.text ?? ''), at.place];
  for (const at of environment.items()) {
    const line = at.text ?? '';
    const split = line.indexOf('=');
    yield split === -1 ? [line, undefined, at.place] : [line.slice(0, split), line.slice(split + 1), at.place];
  }
  for (const [name, at] of service.get('build', 'args').entries()) yield [name, at.text, at.place];
  yield* argumentsOf(service.get('command'));
}

/** `--requirepass secret` in a command counts as a variable of that name. */
function* argumentsOf(command: YamlValue): Generator<Variable> {
  const words = command.text?.split(/\s+/) ?? [...command.items()].map((item) => item.text ?? '');
  for (const [index, word] of words.entries()) {
    const [, name, value] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/.exec(word) ?? [];
    if (name === undefined) continue;
    const next = words[index + 1];
    if (/^requirepass$/.test(name)) yield ['requirepass_password', value ?? next ?? '', command.place];
    else if (value !== undefined) yield [name, value, command.place];
    if (/^inspect(?:-brk)?$/.test(name)) yield ['NODE_OPTIONS', '--inspect', command.place];
  }
}

function portsOf(service: YamlValue): Port[] {
  const ports: Port[] = [];
  for (const at of service.get('ports').items()) {
    const long = at.get('target');
    if (long.exists) {
      const address = at.get('host_ip').text;
      ports.push(portOf(Number(long.text), Number(at.get('published').text ?? long.text), address, at.place));
      continue;
    }
    const [, address, published, target] =
      /^(?:(\[[^\]]+\]|[\d.]+|\$\{[^}]+\}):)?(?:(\d+)(?:-\d+)?:)?(\d+)(?:-\d+)?(?:\/\w+)?$/.exec(at.text ?? '') ?? [];
    if (target !== undefined) ports.push(portOf(Number(target), Number(published ?? target), address, at.place));
  }
  for (const at of service.get('expose').items()) {
    const number = Number.parseInt(at.text ?? '', 10);
    if (number > 0) ports.push({ ...portOf(number, number, '127.0.0.1', at.place), exposure: 'internal' });
  }
  return ports;
}

function portOf(target: number, published: number, address: string | undefined, place: Place): Port {
  const loopback = address !== undefined && /^(?:127\.|\[?::1\]?$|localhost)/.test(address);
  const protocol = protocolOfPort(target);
  return {
    number: published,
    exposure: loopback ? 'loopback' : 'public',
    protocol,
    tls: undefined,
    redirectsToTls: false,
    management: managementOfPort(target) !== undefined,
    place,
  };
}

function settingsOf(service: YamlValue): Setting[] {
  const settings: Setting[] = [];
  const add = (kind: Setting['kind'], detail: string, at: YamlValue): void =>
    void settings.push({ kind, detail, place: at.place });
  if (service.get('privileged').value === true) add('privileged', 'privileged: true', service.get('privileged'));
  if (service.get('network_mode').text === 'host')
    add('host-network', 'network_mode: host', service.get('network_mode'));
  if (service.get('pid').text === 'host') add('privileged', 'pid: host', service.get('pid'));
  const user = service.get('user').text;
  if (user !== undefined && /^(?:root|0)(?::|$)/.test(user)) add('runs-as-root', `user: ${user}`, service.get('user'));
  for (const at of service.get('cap_add').items()) add('added-capability', `cap_add: ${at.text ?? ''}`, at);
  for (const at of service.get('volumes').items()) {
    const source = at.get('source').text ?? at.text?.split(':')[0] ?? '';
    if (source.includes('docker.sock')) add('docker-socket', source, at);
    else if (/^\/(?:$|etc(?:$|\/)|root(?:$|\/)|proc(?:$|\/)|sys(?:$|\/))/.test(source)) add('host-path', source, at);
  }
  if (service.get('logging', 'driver').text === 'none')
    add('access-log-off', 'logging driver: none', service.get('logging'));
  return settings;
}

/** The environment that a file or its variables name. */
function environmentOf(
  file: string,
  variables: readonly (readonly [string, string | undefined, Place])[],
): string | undefined {
  const named = variables.find(([name]) =>
    /^(?:CASTELLAN_ENVIRONMENT|DEPLOY_ENV|DEPLOYMENT_ENVIRONMENT|ENVIRONMENT|STAGE)$/.test(name),
  )?.[1];
  return named ?? environmentInName(file);
}

/** `docker-compose.staging.yml`, `overlays/production/…`: the environment that a path names. */
export function environmentInName(file: string): string | undefined {
  const word =
    /(?:^|[./_-])(production|prod|staging|stage|test|testing|qa|uat|development|dev|sandbox|preprod|demo)(?=$|[./_-])/i
      .exec(file)?.[1]
      ?.toLowerCase();
  if (word === undefined) return undefined;
  return { prod: 'production', stage: 'staging', dev: 'development', testing: 'test' }[word] ?? word;
}

function namesOf(at: YamlValue): string[] {
  return [...[...at.entries()].map(([name]) => name), ...[...at.items()].flatMap((item) => present(item.text))];
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
