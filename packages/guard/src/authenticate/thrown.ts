/** Codes of what is out of reach: of the system, of undici, of token libraries whose keys cannot be fetched, of databases. */
const outage =
  /^(?:E(?:CONN|TIMEDOUT|NOTFOUND|AI_AGAIN|PIPE|HOST|NET|MFILE|NFILE|ADDR|SOCKET)|UND_ERR_|ERR_JWKS_TIMEOUT$|ERR_JOSE_GENERIC$|PROTOCOL_|08[0-9A-Z]{3}$|57P0\d$)/;

/** Whether what a verifier threw says that nobody can tell now, and nothing of the credential. */
export function isOutage(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { code, name, message, cause, errors, status, statusCode } = error as Readonly<Record<string, unknown>>;
  if (typeof code === 'string' && outage.test(code)) return true;
  if (name === 'TimeoutError' || name === 'AbortError' || message === 'fetch failed') return true;
  const answered = typeof status === 'number' ? status : statusCode;
  if (typeof answered === 'number' && (answered >= 500 || answered === 429)) return true;
  if (Array.isArray(errors) && errors.slice(0, 10).some((one) => isOutage(one, depth + 1))) return true;
  return isOutage(cause, depth + 1);
}

/** What was thrown and what caused it, for the log: short, and without the credential. */
export function describe(error: unknown, credential: string): string {
  const said = sayings(error, 0).join(', caused by ');
  // What belongs to the credential counts in parts too: a message may quote one segment of a token.
  const parts = [credential, ...credential.split(/[.:]/)].filter((part) => part.length >= 6);
  return parts
    .reduce((text, part) => text.replaceAll(part, '…'), said)
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200);
}

function sayings(error: unknown, depth: number): readonly string[] {
  if (!(error instanceof Error)) return [typeof error === 'string' ? error : typeof error];
  const said = `${error.name}: ${error.message}`;
  return error.cause === undefined || depth === 3 ? [said] : [said, ...sayings(error.cause, depth + 1)];
}
