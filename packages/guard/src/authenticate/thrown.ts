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

const name = /^[A-Za-z_$][\w$.-]{0,79}$/;

/** What was thrown and what caused it, for the log: names and codes. What exceptions say may quote credentials, also those of stores. */
export function describe(error: unknown): string {
  return kinds(error, 0).join(', caused by ').slice(0, 200);
}

function kinds(error: unknown, depth: number): readonly string[] {
  if (!(error instanceof Error)) return [typeof error];
  const { code } = error as { readonly code?: unknown };
  const kind = name.test(error.name) ? error.name : 'Error';
  const said = typeof code === 'string' && name.test(code) ? `${kind} ${code}` : kind;
  return error.cause === undefined || depth === 3 ? [said] : [said, ...kinds(error.cause, depth + 1)];
}
