import type { Stage } from '../stage.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { SchemeRequest } from '../scheme.ts';
import type { AuthenticationOutcome } from '../authenticate/index.ts';

/** Who calls: the operation's security requirements, AND within one, OR across (OpenAPI 3.2 section 4.30; API2:2023). */
export const authenticate: Stage = {
  name: 'authenticate',
  controls({ authentication }, { security }) {
    // One alternative without a scheme lets anybody in.
    if (security.length === 0 || security.some(({ schemes }) => schemes.length === 0)) return [];
    const bound = security.every(({ schemes }) => schemes.some(({ scheme }) => authentication.bound.has(scheme.name)));
    return bound ? ['authentication', 'sender-constraint'] : ['authentication'];
  },
  compile(core, operation) {
    const verify = core.authentication.forOperation(operation);
    if (verify === undefined) return undefined;
    return (exchange) => {
      const outcome = verify(exchange.again ? later(exchange, core.clock()) : exchange);
      return outcome instanceof Promise
        ? outcome.then((settled) => settle(exchange, settled))
        : settle(exchange, outcome);
    };
  },
};

/** The same request at a later moment. */
function later(exchange: Exchange, now: number): SchemeRequest {
  const { incoming, authorization, address, url, usedUp } = exchange;
  return { incoming, authorization, address, url, now, arrivedAt: exchange.now, usedUp };
}

function settle(exchange: Exchange, outcome: AuthenticationOutcome): Refusal | undefined {
  if (isRefusal(outcome)) return outcome;
  exchange.auth = outcome;
  return undefined;
}

function isRefusal(outcome: AuthenticationOutcome): outcome is Refusal {
  return outcome !== undefined && 'type' in outcome && !('subject' in outcome);
}
