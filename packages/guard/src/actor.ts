/** Who acts for the subject of a token (RFC 8693 section 4.1). */
export interface Actor {
  readonly subject: string;
  readonly issuer?: string | undefined;
  /** Who acted before, for the record only: decisions look at the current actor alone. */
  readonly actor?: Actor | undefined;
}

/** How many of a chain are kept, and how many characters of each name. */
const maxActors = 5;
const maxName = 256;

/**
 * Reads the `act` claim. A token that has one in another form is held to be delegated to somebody unknown, never to
 * nobody: policies that ask for an actor would let it pass for the subject's own.
 * @returns undefined where there is no delegation
 */
export function actorOf(claim: unknown, left = maxActors): Actor | undefined {
  if (claim === undefined || claim === null || left === 0) return undefined;
  if (typeof claim === 'string') return { subject: claim.slice(0, maxName) };
  const { sub, client_id: client, iss, act } = (typeof claim === 'object' ? claim : {}) as Record<string, unknown>;
  const name = [sub, client].find((one) => typeof one === 'string' && one !== '');
  const actor = actorOf(act, left - 1);
  return Object.freeze({
    subject: typeof name === 'string' ? name.slice(0, maxName) : 'unknown',
    ...(typeof iss === 'string' ? { issuer: iss.slice(0, maxName) } : {}),
    ...(actor === undefined ? {} : { actor }),
  });
}
