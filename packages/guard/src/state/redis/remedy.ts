/** Why a store does not count, in one line, and what to do about it. */
export interface Ailment {
  readonly why: string;
  readonly remedy: string;
}

/** What the ACL user of a guard must be able to do. */
export const neededCommands: readonly string[] = [
  'eval',
  'evalsha',
  'time',
  'get',
  'set',
  'del',
  'exists',
  'incrby',
  'pexpire',
  'pttl',
  'pfadd',
  'pfcount',
  'zadd',
  'zcard',
  'zrem',
  'zremrangebyscore',
  'xadd',
  'xrange',
  'xdel',
];

/** By what the store or the connection said. The first that fits counts. */
const ailments: readonly (readonly [RegExp, string, string | ((prefix: string) => string)])[] = [
  [/WRONGPASS/, 'it refuses user or password', 'correct state.username and state.password'],
  [/NOAUTH/, 'it asks for a password', 'give state.password, and state.username where an ACL names one'],
  [
    /ERR.*AUTH.*without any password configured/i,
    'it has no password, and one is given',
    'leave state.password out, or set one there',
  ],
  [
    /NOPERM|ACL failure|can't run this command|can't access (?:at least )?one of the keys|No permissions/i,
    'its ACL does not let this user',
    (prefix) => `ACL SETUSER NAME ~${prefix}* ${neededCommands.map((name) => `+${name}`).join(' ')}`,
  ],
  [/READONLY/, 'it is a replica, which cannot be written', 'name the primary, or its sentinels: state.sentinel'],
  [/MOVED|CROSSSLOT/, 'it belongs to a cluster', 'say so: state.cluster: true'],
  [/cluster support disabled/i, 'it belongs to no cluster', 'leave state.cluster out'],
  [/CLUSTERDOWN/, 'its cluster has slots that nobody serves', 'wait for the failover, or look at CLUSTER INFO there'],
  [
    /sentinel.*(?:unreachable|master)|All sentinels/i,
    'its sentinels do not answer, or do not know the primary',
    'correct the hosts of state.url and the name in state.sentinel',
  ],
  [/MISCONF|OOM/, 'it takes no writes at the moment', 'look at its disk and at maxmemory'],
  [/LOADING/, 'it is still loading its data', 'it comes by itself'],
  [/NOSCRIPT/, 'it does not keep scripts', 'let this user call EVAL'],
  [
    /self.signed|unable to (?:verify|get)|UNABLE_TO|DEPTH_ZERO|CERT_(?:HAS|NOT|SIG|UNTRUSTED)|certificate has expired/i,
    'no certificate authority that is trusted here issued its certificate',
    'name the file of its authority: state.ca',
  ],
  [
    /ALTNAME|altnames|does not match certificate/i,
    'its certificate is for another name',
    'write the name of the certificate in state.url',
  ],
  [
    /alert.*certificate|handshake failure|certificate required|bad certificate/i,
    'it asks for a certificate of this instance',
    'give state.certificate and state.key',
  ],
  [
    /EPROTO|wrong version number|packet length too long|SSL|before secure TLS/i,
    'it does not speak TLS there',
    'write redis:// instead of rediss://, or the port that speaks TLS',
  ],
  [
    /Protocol error|RESP type|ParserError|unexpected (?:byte|reply)|invalid (?:reply|response)/i,
    'what answers there is no Redis',
    'correct host and port in state.url; with TLS write rediss://',
  ],
  [/ECONNREFUSED/, 'nobody listens there', 'start it, or correct host and port in state.url'],
  [/ENOTFOUND|EAI_AGAIN/, 'its name is not known', 'correct the host in state.url'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, 'it is out of reach', 'look at the network and at host and port in state.url'],
  [
    /ECONNRESET|Connection is closed|closed the connection|EPIPE/i,
    'it closes the connection',
    'where it speaks TLS write rediss://; else look into its log',
  ],
];

/**
 * Says in one line what is wrong with a store. What it answered stands in no message, because it may quote a credential.
 * @param errors what a command failed with, and what the connection did; the first that is known counts
 * @param prefix of its keys
 */
export function ailmentOf(errors: readonly unknown[], prefix: string): Ailment {
  const texts = errors.filter((error) => error !== undefined).map(textOf);
  for (const [form, why, remedy] of ailments)
    if (texts.some((text) => form.test(text)))
      return { why, remedy: typeof remedy === 'string' ? remedy : remedy(prefix) };
  const silent = texts.find((text) => text.startsWith('no answer within'));
  return {
    why: silent ?? 'it does not answer',
    remedy: 'start it, or correct state.url (rediss:// only where it speaks TLS)',
  };
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, errors } = error as Error & { code?: unknown; errors?: unknown };
  return [error.message, code, ...(Array.isArray(errors) ? errors.map(textOf) : [])].join(' ');
}
