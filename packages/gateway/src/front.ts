import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { CastellanError } from '@castellan/contract';
import { createGuard, type Guard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import type { GatewayApi } from './api.ts';
import { hostName, sharedClaim, type Claim } from './claims.ts';
import { compileUpgrades, type Upgrades } from './upgrading.ts';

/** What answers the requests of a gateway. */
export interface Front {
  readonly listener: RequestListener;
  readonly upgrades: Upgrades;
  /** Records what no parser understands. */
  readonly guard: Guard;
  /**
   * Looks at what the APIs claim now; by itself that happens with the first request after a contract became another.
   * @throws CastellanError `two-apis` where a request could be for either of two; what was claimed before stays
   */
  claims(): void;
  close(): Promise<void>;
}

/** In front of one API there is nothing to choose. */
export function frontOfOne({ listener, upgrades, guard }: GatewayApi): Front {
  return { listener, upgrades, guard, claims: () => undefined, close: () => Promise.resolve() };
}

/**
 * Gives each request to the API whose host and path it has. What is no API's is refused and recorded by a guard that has no
 * operation.
 */
export async function frontOfSeveral(apis: readonly [GatewayApi, ...GatewayApi[]]): Promise<Front> {
  const [first] = apis;
  const nobody = await createGuard({ ...sharedOptions(first), contract: noApi });
  const unknown = {
    listener: node(nobody, (_, response) => void response.destroy()),
    upgrades: compileUpgrades(nobody, async (_exchange, _request, socket) => void socket.destroy()),
  };
  let claimed: readonly Claimed[] = [];
  let contracts: readonly Guard['contract'][] = [];
  const of = (request: IncomingMessage): { readonly listener: RequestListener; readonly upgrades: Upgrades } => {
    if (apis.some(({ guard }, index) => guard.contract !== contracts[index])) renew();
    return ownerOf(request, claimed) ?? unknown;
  };
  const renew = (): void => {
    try {
      front.claims();
    } catch (error) {
      process.emitWarning(`${(error as Error).message}; requests go where they went before`, {
        type: 'Castellan',
        code: 'two-apis',
      });
    }
  };
  const front: Front = {
    listener: (request, response) => of(request).listener(request, response),
    upgrades: {
      wanted: (request) => of(request).upgrades.wanted(request),
      upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        of(request).upgrades.upgrade(request, socket, head),
      async end() {
        for (const { upgrades } of [...apis, unknown]) await upgrades.end();
      },
    },
    guard: nobody,
    claims() {
      contracts = apis.map(({ guard }) => guard.contract);
      const next = apis.map((api) => ({ api, claim: api.claim() }));
      const shared = sharedClaim(next.map(({ claim }) => claim));
      if (shared !== undefined) throw shared;
      claimed = next;
    },
    close: () => nobody.end(),
  };
  front.claims();
  return front;
}

interface Claimed {
  readonly api: GatewayApi;
  readonly claim: Claim;
}

/** The API with the host and the longest path prefix of a request; its own guard holds it to that path. */
function ownerOf({ url = '', headers }: IncomingMessage, claimed: readonly Claimed[]): GatewayApi | undefined {
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url);
  const host = hostName(absolute?.[1] ?? headers.host ?? '');
  const [path = ''] = (absolute?.[2] ?? url).split(/[?#]/, 1);
  let best: { readonly api: GatewayApi; readonly named: boolean; readonly length: number } | undefined;
  for (const { api, claim } of claimed) {
    const named = claim.hosts.size > 0;
    if (named && !claim.hosts.has(host)) continue;
    for (const prefix of claim.prefixes) {
      if (!(path === prefix || path.startsWith(`${prefix}/`))) continue;
      // A host that an API names is before one that takes any; then the longer path.
      if (best !== undefined && best.named && !named) continue;
      if (best === undefined || (named && !best.named) || prefix.length > best.length)
        best = { api, named, length: prefix.length };
    }
  }
  return best?.api;
}

/** What the guard of no API has of the others. */
function sharedOptions({ setup }: GatewayApi): Omit<Parameters<typeof createGuard>[0], 'contract'> {
  const { trustedProxies, limits, problemsUrl, clock, onEvent, audit } = setup.guard;
  return {
    trustedProxies,
    limits,
    problemsUrl,
    clock,
    onEvent,
    // A log has one writer.
    audit: audit?.dir === undefined ? audit : { ...audit, dir: `${audit.dir}%none` },
  };
}

/** A contract without operations: everything is undocumented. */
const noApi = { openapi: '3.1.0', info: { title: 'no API', version: '1' }, paths: {} };

/** Options that are of the whole gateway and not of one API are the same in each. @throws CastellanError `bad-option` */
export function requireOneFront(apis: readonly GatewayApi[]): void {
  const [first, ...others] = apis;
  for (const name of ['port', 'host', 'tls', 'admin'] as const)
    for (const { setup, name: api } of others)
      if (JSON.stringify(setup.options[name]) !== JSON.stringify(first?.setup.options[name]))
        throw new CastellanError({
          code: 'bad-option',
          message: `options.${name} of '${api}' is another than that of '${first?.name}'`,
          mend: 'APIs of one gateway listen together: give all of them the same',
        });
}
