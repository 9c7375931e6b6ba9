import { connectionOf } from '../sources/connection.ts';
import type { AuditSink, Component, Fragment, Port, UnlinkedFlow } from '../model.ts';
import type { CastellanFile } from './model.ts';

/** What a `castellan.yaml` says about the deployment: the gateway, its upstreams, its stores, third parties, identity providers. */
export function fragmentOf(castellan: CastellanFile): Fragment {
  const { file, listen, audit } = castellan;
  const id = `castellan:${file}`;
  const flows: UnlinkedFlow[] = [];
  for (const api of castellan.apis) {
    for (const { url, place } of api.upstreams) {
      const flow = connectionOf(id, url, place);
      if (flow !== undefined) flows.push({ ...flow, resource: undefined });
    }
  }
  for (const url of [
    castellan.store,
    castellan.limits === undefined ? undefined : { url: castellan.limits.store, place: castellan.limits.place },
  ]) {
    const flow = url === undefined ? undefined : connectionOf(id, url.url, url.place);
    if (flow !== undefined) flows.push(flow);
  }
  const ports: Port[] = [];
  if (listen !== undefined)
    ports.push({
      number: listen.port,
      exposure: listen.address === undefined || isLoopback(listen.address) ? 'loopback' : 'public',
      protocol: listen.tls === undefined ? 'http' : 'https',
      tls:
        listen.tls === undefined
          ? undefined
          : {
              versions: listen.tls.minVersion === undefined ? [] : [listen.tls.minVersion],
              clientCertificate: false,
              place: listen.tls.place,
            },
      redirectsToTls: false,
      management: false,
      place: listen.place,
    });
  const { console } = castellan;
  if (console !== undefined)
    ports.push({
      number: console.port,
      exposure: console.address === undefined || isLoopback(console.address) ? 'loopback' : 'public',
      protocol: 'http',
      tls: undefined,
      redirectsToTls: false,
      management: true,
      place: console.place,
    });
  const gateway: Component = {
    id,
    name: 'castellan',
    kind: 'gateway',
    source: 'castellan',
    technology: 'castellan',
    image: undefined,
    environment: castellan.apis.find((api) => api.environment !== undefined)?.environment,
    ports,
    secrets: [],
    settings: [],
    networks: [],
    place: castellan.place,
  };
  const auditSinks: AuditSink[] = [];
  if (audit?.dir !== undefined) auditSinks.push({ kind: 'audit log', place: audit.place });
  if (audit?.otlp !== undefined) auditSinks.push({ kind: 'otlp', place: audit.place });
  const thirdParties = castellan.consumes.map((consumed): Component => ({
    ...gateway,
    id: `${id}:consumes:${consumed.name}`,
    name: consumed.name,
    kind: 'external',
    technology: undefined,
    environment: undefined,
    ports: [],
    networks: hostOf(consumed.url),
    place: consumed.place,
  }));
  // A file without listen and upstreams describes a guard inside of the application: nothing stands in front of it.
  const standsInFront = listen !== undefined || castellan.apis.some((api) => api.upstreams.length > 0);
  return {
    components: [
      ...(standsInFront ? [{ ...gateway, secrets: castellan.secrets }] : []),
      // What is written in the file is seen, though nothing of it runs by itself.
      ...(standsInFront || castellan.secrets.length === 0
        ? []
        : [
            {
              ...gateway,
              kind: 'process' as const,
              technology: 'castellan-file',
              ports: [],
              secrets: castellan.secrets,
            },
          ]),
      ...thirdParties,
    ],
    flows: standsInFront ? flows : [],
    auditSinks,
    notices: [],
    castellan,
  };
}

function hostOf(url: string | undefined): string[] {
  return url !== undefined && URL.canParse(url) ? [new URL(url).hostname] : [];
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:127\.|::1$|localhost$)/.test(address);
}
