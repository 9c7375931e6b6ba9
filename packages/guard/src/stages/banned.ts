import type { Ban } from '../bans/index.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';

/** Whether the address may not call: decided before anything else, for one look into a table. */
export function bannedAddress({ bans }: GuardCore, { address }: Exchange): Refusal | undefined {
  const ban = bans.ofAddress(address);
  return ban === undefined ? undefined : refusalOf(ban);
}

/** The same for the principal and the credential, as soon as they are known; again when a body was waited for. */
export const banned: Stage = {
  name: 'throttle',
  late: true,
  compile({ bans }) {
    return ({ auth }) => {
      const ban = auth === undefined ? undefined : bans.ofCaller(auth);
      return ban === undefined ? undefined : refusalOf(ban);
    };
  },
};

/** The caller is told that it is refused, and neither why nor until when. */
function refusalOf({ kind, reason, until }: Ban): Refusal {
  return {
    type: 'forbidden',
    reason: `banned-${kind}`,
    detail: 'Your calls are not accepted at the moment.',
    log: `${reason}; ${until === undefined ? 'until it is lifted' : `until ${new Date(until).toISOString()}`}`,
  };
}
