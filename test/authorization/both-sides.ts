import { startGateway } from '@castellan/gateway';
import type { GuardEvent, GuardOptions } from '@castellan/guard';
import {
  audience,
  contractFile,
  createTokenIssuer,
  directory,
  issuer,
  people,
  policyFiles,
  startDocuments,
  startGuardedDocuments,
  type DocumentsServer,
  type TokenIssuer,
} from '@castellan/example-documents';

/** Where the guard stands. */
export const sides = ['in the application', 'at the gateway'] as const;
export type Side = (typeof sides)[number];

export interface Documents {
  readonly url: string;
  readonly store: DocumentsServer['store'];
  readonly events: readonly GuardEvent[];
  readonly tokens: TokenIssuer;
  /** Groups by person; change it to change who is in what. */
  readonly groups: Record<string, readonly string[]>;
  close(): Promise<void>;
}

/** The example API with the guard on one of its sides, on a clock that the test sets. */
export async function documentsBehindGuard(
  side: Side,
  clock: () => number,
  options: Omit<Partial<GuardOptions>, 'authentication' | 'contract'> = {},
): Promise<Documents> {
  const tokens = await createTokenIssuer();
  const events: GuardEvent[] = [];
  const groups: Record<string, readonly string[]> = { ...people };
  const guardOptions = {
    basePath: '',
    clock,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    authentication: { oauth: { issuer, audience, jwks: tokens.jwks } },
    entities: (uids: readonly { readonly id: string }[]) => {
      const wanted = new Set(uids.map((uid) => uid.id));
      return directory(groups).filter(({ uid }) => wanted.has(uid.id));
    },
    onEvent: (event: GuardEvent) => void events.push(event),
    ...options,
  };
  if (side === 'in the application') {
    const server = await startGuardedDocuments(guardOptions);
    return { url: server.url, store: server.store, events, tokens, groups, close: () => server.close() };
  }
  const server = await startDocuments({ clock });
  const gateway = await startGateway({
    contract: contractFile,
    policies: policyFiles,
    upstream: server.url,
    port: 0,
    ...guardOptions,
  });
  return {
    url: gateway.url,
    store: server.store,
    events,
    tokens,
    groups,
    async close() {
      await gateway.close();
      await server.close();
    },
  };
}
