import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { startGateway, type Gateway } from '@castellan/gateway';
import type { GuardEvent, RegistryOptions } from '@castellan/guard';
import type { Scene } from './attacks.ts';

/** The API twice: as it is, and behind the gateway. */
export interface DemoStage {
  readonly bare: Scene;
  readonly guarded: Scene;
  readonly gateway: Gateway;
  /** The event of a request, by its id. */
  readonly eventOf: (requestId: string | undefined) => GuardEvent | undefined;
  /** Lets the approval of the introduction be so many milliseconds old. */
  readonly approvedBefore: (milliseconds: number) => void;
  /** Stores documents of somebody; their ids. */
  readonly manyDocuments: (ownerId: string, count: number) => readonly string[];
  /** The API behind another gateway, with an overlay. */
  readonly guardedWith: (
    overlay: Readonly<Record<string, unknown>>,
  ) => Promise<{ readonly base: string; readonly close: () => Promise<void> }>;
  readonly close: () => Promise<void>;
}

type Documents = typeof import('@castellan/example-documents');

/** @throws CastellanError `no-example` outside a checkout, and what the gateway throws */
export async function openStage(
  ports: { readonly bare: number; readonly guarded: number },
  reporting: { readonly registry: RegistryOptions; readonly environment: string },
): Promise<DemoStage> {
  const documents = await loadExample();
  const issuer = await documents.createTokenIssuer();
  const events = new Map<string, GuardEvent>();
  const bare = await documents.startDocuments({ port: ports.bare }).catch((cause: NodeJS.ErrnoException) => {
    throw new CastellanError({
      code: 'port-in-use',
      message: `port ${ports.bare} cannot be used (${cause.code ?? cause.message})`,
      mend: 'name another with --bare-port, or 0 for any free one',
      cause,
    });
  });
  const audit = mkdtempSync(join(tmpdir(), 'castellan-tour-audit-'));
  const start = (port: number, overlays: readonly Readonly<Record<string, unknown>>[] = []): Promise<Gateway> =>
    startGateway({
      // The one that stays reports to the registry.
      ...(overlays.length === 0 ? { ...reporting, audit: { file: join(audit, 'audit.jsonl') } } : {}),
      contract: documents.contractFile,
      overlays,
      upstream: bare.url,
      port,
      basePath: '',
      policies: documents.policyFiles,
      entities: documents.directory(),
      explain: true,
      // Nobody has used it before: there are no habits to compare with.
      detect: { warmUp: 0 },
      authentication: { oauth: { issuer: documents.issuer, audience: documents.audience, jwks: issuer.jwks } },
      onEvent(event) {
        events.set(event.metadata.uid, event);
        if (events.size > 1000) events.clear();
      },
    });
  let gateway: Gateway;
  try {
    gateway = await start(ports.guarded);
  } catch (error) {
    await bare.close();
    rmSync(audit, { recursive: true, force: true });
    throw error;
  }
  const tokens = {
    ada: await issuer.token('ada'),
    bob: await issuer.token('bob'),
    eve: await issuer.token('eve'),
    forged: await issuer.forged('bob'),
  };
  const { ids } = documents;
  return {
    bare: { base: bare.url, tokens, ids },
    guarded: { base: gateway.url, tokens, ids },
    gateway,
    eventOf: (requestId) => (requestId === undefined ? undefined : events.get(requestId)),
    approvedBefore(milliseconds) {
      bare.store
        .prepare('UPDATE sections SET approvalAt = ? WHERE id = ?')
        .run(new Date(Date.now() - milliseconds).toISOString(), ids.intro);
    },
    manyDocuments(ownerId, count) {
      const insert = bare.store.prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?)');
      const now = new Date().toISOString();
      return Array.from({ length: count }, (_, at) => {
        const id = randomUUID();
        insert.run(id, `Notes ${at + 1}`, at % 2 === 0 ? 'draft' : 'published', ownerId, now);
        return id;
      });
    },
    async guardedWith(overlay) {
      const other = await start(0, [overlay]);
      return { base: other.url, close: () => other.close() };
    },
    async close() {
      await gateway.close();
      await bare.close();
      rmSync(audit, { recursive: true, force: true });
    },
  };
}

/** @throws CastellanError `no-example` outside a checkout */
export async function loadExample(): Promise<Documents> {
  try {
    return await import('@castellan/example-documents');
  } catch (cause) {
    throw new CastellanError({
      code: 'no-example',
      message: 'the tour needs the example API, which is only in the repository',
      mend: 'clone the repository and run npm start',
      cause,
    });
  }
}
