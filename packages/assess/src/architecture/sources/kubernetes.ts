import type { Component, Exposure, Fragment, Port, SecretSeen, Setting, UnlinkedFlow } from '../model.ts';
import { environmentInName } from './compose.ts';
import { connectionOf } from './connection.ts';
import { secretSeen, settingSeen } from './secrets.ts';
import { managementOfPort, protocolOfPort, technologyOf } from './technology.ts';
import type { YamlText, YamlValue } from '@castellan/gateway/castellan-yaml';

const workloads: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Pod',
  'Job',
  'CronJob',
  'Rollout',
]);

/** Whether a YAML document is a Kubernetes object. */
export function isKubernetes({ root }: YamlText): boolean {
  return (
    typeof root.get('apiVersion').value === 'string' &&
    typeof root.get('kind').value === 'string' &&
    root.get('metadata').exists
  );
}

/** Reads Kubernetes objects: workloads, services, ingresses, secrets and config maps. Network policies close nothing here: they are not judged. */
export function readKubernetes(file: string, documents: readonly YamlText[]): Fragment {
  const objects = documents.flatMap(({ root }) =>
    root.get('kind').text?.endsWith('List') ? [...root.get('items').items()] : [root],
  );
  const components: Component[] = [];
  const flows: UnlinkedFlow[] = [];
  for (const at of objects) {
    const kind = at.get('kind').text ?? '';
    if (workloads.has(kind)) {
      const read = readWorkload(file, at, objects);
      components.push(...read.components);
      flows.push(...read.flows);
    } else if (kind === 'Ingress') {
      const read = readIngress(file, at);
      components.push(read.component);
      flows.push(...read.flows);
    } else if (kind === 'Secret' || kind === 'ConfigMap') components.push(readData(file, at, kind));
  }
  return { components, flows, auditSinks: [], notices: [] };
}

function identity(file: string, at: YamlValue): { id: string; name: string; namespace: string } {
  const name = at.get('metadata', 'name').text ?? 'unnamed';
  const namespace = at.get('metadata', 'namespace').text ?? 'default';
  return { id: `kubernetes:${file}:${namespace}/${at.get('kind').text ?? ''}/${name}`, name, namespace };
}

function podOf(at: YamlValue): YamlValue {
  const kind = at.get('kind').text;
  if (kind === 'Pod') return at;
  if (kind === 'CronJob') return at.get('spec', 'jobTemplate', 'spec', 'template');
  return at.get('spec', 'template');
}

function readWorkload(
  file: string,
  at: YamlValue,
  objects: readonly YamlValue[],
): { components: Component[]; flows: UnlinkedFlow[] } {
  const { id, name, namespace } = identity(file, at);
  const pod = podOf(at);
  const labels = new Map([...pod.get('metadata', 'labels').entries()].map(([key, value]) => [key, value.text]));
  const services = objects.filter(
    (object) => object.get('kind').text === 'Service' && selects(object, labels, namespace),
  );
  const containers = [...pod.get('spec', 'containers').items()];
  const flows: UnlinkedFlow[] = [];
  const secrets: SecretSeen[] = [];
  const settings: Setting[] = podSettings(pod.get('spec'));
  const ports: Port[] = [];
  for (const container of containers) {
    for (const variable of container.get('env').items()) {
      const key = variable.get('name').text ?? '';
      const from = variable.get('valueFrom');
      if (from.exists) {
        if (from.get('secretKeyRef').exists) secrets.push({ name: key, how: 'reference', place: variable.place });
        continue;
      }
      const value = variable.get('value').text ?? '';
      const { place } = variable.get('value');
      secrets.push(...present(secretSeen(key, value, place)));
      settings.push(...present(settingSeen(key, value, place)));
      flows.push(...present(connectionOf(id, value, place)));
    }
    settings.push(...containerSettings(container));
    for (const port of container.get('ports').items()) {
      const number = Number(port.get('containerPort').text);
      if (number > 0) ports.push(portOf(number, port.get('hostPort').exists ? 'public' : 'internal', port));
    }
  }
  for (const service of services) ports.push(...servicePorts(service));
  const image = containers[0]?.get('image').text;
  const { kind, technology } = technologyOf(image, name);
  const component: Component = {
    id,
    name,
    kind,
    source: 'kubernetes',
    technology,
    image,
    environment: environmentInName(namespace) ?? environmentInName(file),
    ports,
    secrets,
    settings,
    networks: [namespace, ...services.flatMap((service) => present(service.get('metadata', 'name').text))],
    place: at.get('metadata', 'name').place,
  };
  return { components: [component], flows };
}

function selects(service: YamlValue, labels: ReadonlyMap<string, string | undefined>, namespace: string): boolean {
  if ((service.get('metadata', 'namespace').text ?? 'default') !== namespace) return false;
  const wanted = [...service.get('spec', 'selector').entries()];
  return wanted.length > 0 && wanted.every(([key, value]) => labels.get(key) === value.text);
}

function servicePorts(service: YamlValue): Port[] {
  const type = service.get('spec', 'type').text ?? 'ClusterIP';
  const internalBalancer = [...service.get('metadata', 'annotations').entries()].some(
    ([key, value]) => /internal/i.test(key) && /^(?:true|internal|0\.0\.0\.0\/0)$/i.test(value.text ?? ''),
  );
  const outside =
    (type === 'LoadBalancer' && !internalBalancer) || type === 'NodePort' || service.get('spec', 'externalIPs').exists;
  return [...service.get('spec', 'ports').items()].map((port) =>
    portOf(Number(port.get('targetPort').text) || Number(port.get('port').text), outside ? 'public' : 'internal', port),
  );
}

function portOf(number: number, exposure: Exposure, at: YamlValue): Port {
  const protocol = protocolOfPort(number);
  return {
    number,
    exposure,
    protocol,
    tls: undefined,
    redirectsToTls: false,
    management: managementOfPort(number) !== undefined,
    place: at.place,
  };
}

function podSettings(spec: YamlValue): Setting[] {
  const settings: Setting[] = [];
  for (const [name, kind] of [
    ['hostNetwork', 'host-network'],
    ['hostPID', 'privileged'],
    ['hostIPC', 'privileged'],
  ] as const)
    if (spec.get(name).value === true) settings.push({ kind, detail: `${name}: true`, place: spec.get(name).place });
  for (const volume of spec.get('volumes').items()) {
    const path = volume.get('hostPath', 'path').text;
    if (path !== undefined)
      settings.push({
        kind: path.includes('docker.sock') || path.includes('containerd.sock') ? 'docker-socket' : 'host-path',
        detail: path,
        place: volume.place,
      });
  }
  const user = spec.get('securityContext', 'runAsUser');
  if (user.value === 0) settings.push({ kind: 'runs-as-root', detail: 'runAsUser: 0', place: user.place });
  return settings;
}

function containerSettings(container: YamlValue): Setting[] {
  const settings: Setting[] = [];
  const context = container.get('securityContext');
  if (context.get('privileged').value === true)
    settings.push({ kind: 'privileged', detail: 'privileged: true', place: context.get('privileged').place });
  if (context.get('allowPrivilegeEscalation').value === true)
    settings.push({
      kind: 'privilege-escalation',
      detail: 'allowPrivilegeEscalation: true',
      place: context.get('allowPrivilegeEscalation').place,
    });
  if (context.get('runAsUser').value === 0)
    settings.push({ kind: 'runs-as-root', detail: 'runAsUser: 0', place: context.get('runAsUser').place });
  for (const capability of context.get('capabilities', 'add').items())
    settings.push({
      kind: 'added-capability',
      detail: `capabilities.add: ${capability.text ?? ''}`,
      place: capability.place,
    });
  return settings;
}

function readIngress(file: string, at: YamlValue): { component: Component; flows: UnlinkedFlow[] } {
  const { id, name, namespace } = identity(file, at);
  const tls = at.get('spec', 'tls');
  const annotations = new Map(
    [...at.get('metadata', 'annotations').entries()].map(([key, value]) => [key, value.text]),
  );
  const plain = annotations.get('nginx.ingress.kubernetes.io/ssl-redirect') === 'false';
  const flows: UnlinkedFlow[] = [];
  const addBackend = (backend: YamlValue): void => {
    const service = backend.get('service', 'name').text ?? backend.get('serviceName').text;
    const port = Number(backend.get('service', 'port', 'number').text ?? backend.get('servicePort').text) || undefined;
    if (service !== undefined)
      flows.push({ from: id, toName: service, protocol: 'http', encrypted: false, port, place: backend.place });
  };
  if (at.get('spec', 'defaultBackend').exists) addBackend(at.get('spec', 'defaultBackend'));
  for (const rule of at.get('spec', 'rules').items())
    for (const path of rule.get('http', 'paths').items()) addBackend(path.get('backend'));
  const base = { exposure: 'public', management: false, place: at.get('spec').place } as const;
  const https: Port = {
    ...base,
    number: 443,
    protocol: 'https',
    redirectsToTls: false,
    tls: {
      versions: [],
      clientCertificate: annotations.has('nginx.ingress.kubernetes.io/auth-tls-secret'),
      place: tls.place,
    },
  };
  const http: Port = { ...base, number: 80, protocol: 'http', tls: undefined, redirectsToTls: tls.exists && !plain };
  return {
    component: {
      id,
      name,
      kind: 'gateway',
      source: 'kubernetes',
      technology: at.get('spec', 'ingressClassName').text ?? 'ingress',
      image: undefined,
      environment: environmentInName(namespace) ?? environmentInName(file),
      ports: tls.exists ? [http, https] : [http],
      secrets: [],
      settings: [],
      networks: [namespace],
      place: at.get('metadata', 'name').place,
    },
    flows,
  };
}

function readData(file: string, at: YamlValue, kind: 'Secret' | 'ConfigMap'): Component {
  const { id, name, namespace } = identity(file, at);
  const secrets: SecretSeen[] = [];
  const sealed = at.get('metadata', 'annotations', 'kustomize.config.k8s.io/behavior').exists;
  for (const member of ['data', 'stringData'])
    for (const [key, value] of at.get(member).entries()) {
      const { text } = value;
      if (text === undefined || sealed) continue;
      const written = kind === 'Secret' && member === 'data' ? decoded(text) : text;
      const seen = secretSeen(key, written, value.place);
      if (kind === 'ConfigMap') secrets.push(...present(seen));
      // Everything in a Secret manifest is a secret, whatever its name; base64 hides nothing.
      else
        secrets.push(
          seen ?? {
            name: key,
            how: /^\$\{|^<|^ENC\[|^\{\{/.test(written) ? 'reference' : 'literal',
            place: value.place,
          },
        );
    }
  return {
    id,
    name,
    kind: 'store',
    source: 'kubernetes',
    technology: kind === 'Secret' ? 'kubernetes-secret' : 'kubernetes-config',
    image: undefined,
    environment: environmentInName(namespace) ?? environmentInName(file),
    ports: [],
    secrets,
    settings: [],
    networks: [namespace],
    place: at.get('metadata', 'name').place,
  };
}

function decoded(text: string): string {
  return /^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, 'base64').toString('utf8') : text;
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
