import { createGuard, type AnyOperations, type TypedGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { node, type GuardedHandler } from '@castellan/guard/node';
import { listen, type Started } from './adapters/servers.ts';
import { contract } from './contract.ts';
import { audience, createIssuer, issuer } from './tokens.ts';

export const identity = await createIssuer();
export const authentication = { token: { issuer, audience, jwks: identity.jwks } };
export const token = await identity.token();

export const json: GuardedHandler = (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ limit: request.query['limit'], id: 'x', name: 'x' }));
};

/** A guarded node:http server on a free port, with the events that it wrote. */
export async function guarded(
  options: Partial<GuardOptions>,
  handler: GuardedHandler = json,
): Promise<Started & { guard: TypedGuard<AnyOperations>; events: GuardEvent[] }> {
  const events: GuardEvent[] = [];
  const guard = await createGuard({ contract, authentication, onEvent: (event) => events.push(event), ...options });
  const server = await listen(node(guard, handler));
  return {
    url: server.url,
    guard,
    events,
    async close() {
      await server.close();
      await guard.end();
    },
  };
}
