import { isIP, isIPv4 } from 'node:net';
import { CastellanError } from '@castellan/contract';
import { limitKey, normalAddress } from '../address.ts';
import { rangeOf } from './networks.ts';
import { momentOf } from '../configuration/quantities.ts';

const kinds = ['address', 'network', 'principal', 'credential'] as const;
export type BanKind = (typeof kinds)[number];

/** Who may not call for a while. */
export interface Ban {
  /**
   * `address`: one address, of IPv6 its /64. `network`: a CIDR range. `principal`: a subject. `credential`: the credential with this
   * id, of whichever kind.
   */
  readonly kind: BanKind;
  readonly id: string;
  /** Of a principal or credential: only of this issuer. Absent: of whichever. */
  readonly issuer?: string | undefined;
  /** For those who read the log. The caller is never told. */
  readonly reason: string;
  /** When it was said, milliseconds since the epoch. Of two about the same the later counts. */
  readonly at: number;
  /** When it ends, milliseconds since the epoch. Absent: when it is lifted. */
  readonly until?: number | undefined;
  /** True where it takes the ban back. */
  readonly lifted?: true | undefined;
}

/** The longest texts that a list takes. */
const most = { id: 1024, reason: 500 };

/** Reads a ban from JSON text; undefined where it is none. Unknown members are kept out. */
export function parseBan(text: string): Ban | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, id, issuer, reason, at, until, lifted } = value as Record<string, unknown>;
  const named = kinds.find((one) => one === kind);
  if (named === undefined || typeof id !== 'string') return undefined;
  const whom = whomOf(named, id);
  const [moment, end] = [momentOf(at), until === undefined ? undefined : momentOf(until)];
  if (whom === undefined || moment === undefined || (until !== undefined && end === undefined)) return undefined;
  if (issuer !== undefined && (typeof issuer !== 'string' || named === 'address' || named === 'network'))
    return undefined;
  if (typeof reason !== 'string' || reason.length > most.reason || (lifted !== undefined && lifted !== true))
    return undefined;
  return {
    kind: named,
    id: whom,
    ...(issuer === undefined ? {} : { issuer }),
    reason,
    at: moment,
    ...(end === undefined ? {} : { until: end }),
    ...(lifted === true ? { lifted } : {}),
  };
}

/** The one spelling of whom a ban is about; undefined where it is nobody. */
function whomOf(kind: BanKind, id: string): string | undefined {
  if (kind === 'principal' || kind === 'credential') return id === '' || id.length > most.id ? undefined : id;
  if (kind === 'address') {
    // As lists show what an IPv6 address counts as.
    const address = id.includes(':') ? id.replace(/\/64$/, '') : id;
    return isIP(address) === 0 ? undefined : limitKey(normalAddress(address));
  }
  const [address = '', bits, ...more] = id.split('/');
  if (isIP(address) === 0 || bits === undefined || more.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  return Number(bits) <= (isIPv4(address) ? 32 : 128) ? rangeOf(address, Number(bits)) : undefined;
}

/** The text of a ban. @throws CastellanError `bad-ban` */
export function writeBan(ban: Ban): string {
  const read = parseBan(JSON.stringify(ban));
  if (read === undefined)
    throw new CastellanError({
      code: 'bad-ban',
      message: `${ban.kind} ${String(ban.id).slice(0, 80)} is nobody who could be banned`,
      mend: "write { address: '192.0.2.7' }, { network: '192.0.2.0/24' }, { principal: 'subject' } or { credential: 'id' }, and a reason of at most 500 characters",
    });
  return JSON.stringify(read);
}
