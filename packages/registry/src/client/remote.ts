import { keepBackup } from '../backup/file.ts';
import { CastellanError, nearest } from '@castellan/contract';
import type { Snapshot } from '../export/snapshot.ts';
import type { Ghost } from '../ghosts/ghost.ts';
import { readBackstage } from '../inventory/backstage.ts';
import { describeDeployments } from '../inventory/import-deployments.ts';
import type { ImportedDocument } from '../inventory/import-documents.ts';
import type { ListedApi } from '../inventory/list.ts';
import type { UnreadableDocument } from '../inventory/unreadable.ts';
import type { ShownOperation } from '../inventory/operations.ts';
import type { ShownApi } from '../inventory/show.ts';
import { cursorOf, readCursor } from '../server/cursor.ts';
import type { Inventory } from './inventory.ts';
import { remotePosture } from './remote-posture.ts';
import { registryRequests, type RegistryAddress, type RegistryRequests } from './request.ts';
import { sendCatalogEntry, sendDocument } from './send-document.ts';
import { sendTraffic } from './send-traffic.ts';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Entries of one page, and of one request that adds something. */
const most = 200;

/**
 * The inventory of a registry over HTTP; what is imported is read here and sent.
 * @throws CastellanError `bad-registry-url`; each call: `registry-unreachable`, `registry-refused`
 */
export function remoteInventory(address: RegistryAddress): Inventory {
  const registry = registryRequests(address);
  return {
    async list({ after, limit = 100, owner, environment }) {
      const items: ListedApi[] = [];
      let next: string | null = after === undefined || after === '' ? '' : cursorOf([after]);
      while (next !== null && items.length < limit) {
        const page: { apis: readonly ListedApi[]; next: string | null } = await registry.get(
          `apis?${query({ limit: Math.min(most, limit - items.length), after: next, owner, environment })}`,
        );
        items.push(...page.apis);
        ({ next } = page);
      }
      const [last] = next === null ? [] : (readCursor(next, 1) ?? []);
      return { items, next: typeof last === 'string' ? last : undefined };
    },
    show: (id) => show(registry, id),
    unreadable: async () => (await registry.get<{ unreadable: readonly UnreadableDocument[] }>('inventory')).unreadable,
    async ghosts() {
      const ghosts: Ghost[] = [];
      let checked = { apis: 0, deployments: 0, sightings: 0 };
      for (let next: string | null = ''; next !== null;) {
        const page: { ghosts: readonly SentGhost[]; checked: typeof checked; next: string | null } = await registry.get(
          `ghosts?${query({ limit: most, after: next })}`,
        );
        for (const { id: _, owner: __, ...ghost } of page.ghosts) ghosts.push(ghost);
        ({ next, checked } = page);
      }
      return { ghosts, checked };
    },
    snapshot: async () => JSON.parse(await registry.text('export?format=json')) as Snapshot,
    backUp: async (file) => keepBackup(await registry.bytes('backup'), file),
    async correctTemplate(host, template) {
      const { merged } = await registry.post<{ merged: number }>('templates', { host, template });
      return merged;
    },
    async importDocuments(documents, { cwd, progress }) {
      const imported: ImportedDocument[] = [];
      for (const document of documents) {
        imported.push(await sendDocument(registry, document, cwd));
        progress?.(imported.length);
      }
      return imported;
    },
    async importCatalog(file, cwd) {
      const text = await readFile(resolve(cwd, file), 'utf8');
      const imported: ImportedDocument[] = [];
      for (const api of readBackstage(file, text)) imported.push(await sendCatalogEntry(registry, file, api, cwd));
      return imported;
    },
    async importDeployments(architecture, origin) {
      const { deployments, dependencies, notices } = describeDeployments(architecture, origin);
      const sent = deployments.map(({ url, identities = [], ...one }) => ({
        ...one,
        address: url,
        identities: identities.map(({ host, ...identity }) => ({ ...identity, provider: host })),
      }));
      for (let at = 0; at === 0 || at < Math.max(sent.length, dependencies.length); at += most)
        await registry.post('deployments/import', {
          deployments: sent.slice(at, at + most),
          dependencies: dependencies.slice(at, at + most),
        });
      return { deployments: deployments.length, dependencies: dependencies.length, notices };
    },
    importTraffic: (file, options) => sendTraffic(registry, file, options),
    posture: remotePosture(registry),
  };
}

type SentGhost = Ghost & { readonly id: string; readonly owner: string | null };

async function show(registry: RegistryRequests, id: string): Promise<ShownApi> {
  const path = `apis/${encodeURIComponent(id)}`;
  const api = await registry.get<Omit<ShownApi, 'operationList'>>(path).catch(async (error: unknown) => {
    if (!(error instanceof CastellanError) || error.code !== 'registry-not-found') throw error;
    const { apis } = await registry.get<{ apis: readonly ListedApi[] }>(`apis?${query({ limit: most })}`);
    const near = nearest(
      id,
      apis.map((one) => one.id),
    );
    throw new CastellanError({
      code: 'unknown-api',
      message: `the inventory has no API '${id}'`,
      mend: near === undefined ? 'see castellan inventory list' : `did you mean ${near}?`,
    });
  });
  const operationList: ShownOperation[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page: { operations: readonly ShownOperation[]; next: string | null } = await registry.get(
      `${path}/operations?${query({ limit: most, after: next })}`,
    );
    operationList.push(...page.operations);
    ({ next } = page);
  }
  return { ...api, operationList };
}

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const said = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(Object.fromEntries(said.map(([name, value]) => [name, String(value)]))).toString();
}
