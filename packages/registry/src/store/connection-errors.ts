/** Why a database cannot be used now, in words. */

/** SQLSTATE and codes of Node.js that pass by themselves: the server starts, stops, is full or cannot be reached. */
const passing: ReadonlySet<string> = new Set(
  (
    '57P01 57P02 57P03 53300 08000 08001 08003 08004 08006 ' +
    'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN ENOENT'
  ).split(' '),
);

/** What these say and what to do; others say it themselves. */
const known: ReadonlyMap<string, readonly [string, string]> = new Map(
  Object.entries({
    ECONNREFUSED: ['nothing listens there', 'start PostgreSQL, or write the right host and port'],
    ENOTFOUND: ['there is no such host', 'write the right host'],
    EAI_AGAIN: ['the name of the host cannot be looked up', 'check DNS'],
    ETIMEDOUT: ['nothing answers', 'check host, port and firewall'],
    '28P01': ['user or password is wrong', 'write the right ones; encode @ and / in the password as %40, %2F'],
    '28000': ['this user may not connect like this', 'see pg_hba.conf of the server'],
    '3D000': ['there is no such database', 'make it: createdb NAME'],
    '42501': ['the user may not make tables', 'grant create on schema public to it'],
    '53300': ['too many connections', 'raise max_connections; a registry takes up to 8'],
    '57P03': ['it is starting up or shutting down', 'try again'],
    SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is of no known authority', 'name the authority with sslrootcert=FILE'],
    DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is self-signed', 'name it with sslrootcert=FILE'],
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
      'its certificate is of no known authority',
      'name the authority with sslrootcert=FILE',
    ],
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
      'its certificate is of no known authority',
      'name the authority with sslrootcert=FILE',
    ],
    CERT_HAS_EXPIRED: ['its certificate has expired', 'renew it'],
    ERR_TLS_CERT_ALTNAME_INVALID: [
      'its certificate is for another name',
      'write the name of the certificate as host, or sslmode=verify-ca',
    ],
  } as const),
);

/** Whether it may work when it is tried again. */
export function isPassing(error: unknown): boolean {
  return causesOf(error).some(
    (one) =>
      passing.has(codeOf(one)) ||
      /connection terminated|timeout exceeded|connection timeout|client has encountered a connection error/i.test(
        messageOf(one),
      ),
  );
}

/** What it is, and what to do. */
export function describeConnectionError(error: unknown): { readonly what: string; readonly mend: string } {
  for (const one of causesOf(error)) {
    const found = known.get(codeOf(one));
    if (found !== undefined) return { what: found[0], mend: found[1] };
    if (/does not support SSL/.test(messageOf(one)))
      return {
        what: 'the server has no TLS',
        mend: 'switch it on there, or write ?sslmode=disable where the network is private',
      };
    if (/timeout exceeded|connection timeout|terminated due to connection timeout/i.test(messageOf(one)))
      return { what: 'nothing answers', mend: 'check host, port and firewall' };
  }
  const [first] = causesOf(error);
  return {
    what: codeOf(first) || (messageOf(first).split('\n')[0] ?? '') || 'unknown',
    mend: 'check that it runs and that its user may make tables',
  };
}

/** An error, what it was caused by, and where several addresses were tried the error of each. */
function causesOf(error: unknown, depth = 0): readonly unknown[] {
  if (typeof error !== 'object' || error === null || depth > 4) return [];
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  return [
    error,
    ...(Array.isArray(errors) ? errors.flatMap((one) => causesOf(one, depth + 1)) : []),
    ...causesOf(cause, depth + 1),
  ];
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : '';
}
