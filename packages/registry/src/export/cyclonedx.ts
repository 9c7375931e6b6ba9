import { createHash } from 'node:crypto';
import type { Snapshot } from './snapshot.ts';

/** The APIs as services of a CycloneDX 1.6 bill of materials, with the data that flows through each. */
export function toCycloneDx({ apis, time }: Snapshot): object {
  const content = JSON.stringify(apis.map(({ id, digest }) => [id, digest]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(content)}`,
    version: 1,
    metadata: { timestamp: time, tools: { components: [{ type: 'application', name: 'castellan' }] } },
    services: apis.map((api) => ({
      'bom-ref': api.id,
      name: api.title,
      ...(api.version === '' ? {} : { version: api.version }),
      ...(api.owner === null ? {} : { provider: { name: api.owner } }),
      ...(api.description === '' ? {} : { description: api.description }),
      endpoints: [...new Set(api.contracts[0]?.servers.map(referenceOf))],
      authenticated: api.open === 0,
      data: api.data.map((name) => ({ flow: flowOf(api, name), classification: name })),
      properties: [
        { name: 'castellan:state', value: api.state },
        { name: 'castellan:digest', value: api.digest },
        { name: 'castellan:operations', value: String(api.operations) },
        { name: 'castellan:operations-without-authentication', value: String(api.open) },
      ],
    })),
  };
}

/** An IRI reference (RFC 3987): variables of a server are percent-encoded. */
function referenceOf(server: string): string {
  return server.toWellFormed().replaceAll(/[\s<>"{}|\\^`\p{Cc}]/gu, (sign) => encodeURIComponent(sign));
}

function flowOf(api: Snapshot['apis'][number], name: string): string {
  const takes = api.operationList.some((one) => one.takes.includes(name));
  const gives = api.operationList.some((one) => one.gives.includes(name));
  return takes && gives ? 'bi-directional' : takes ? 'inbound' : gives ? 'outbound' : 'unknown';
}

/** A UUID of content (RFC 9562 version 8): the same inventory has the same serial number. */
function uuidOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
