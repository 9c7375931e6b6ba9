import { isIPv4, isIPv6 } from 'node:net';
import { Fault } from './fault.ts';
import { Composite, type Value } from './value.ts';

/** Cedar's `ipaddr`: an IPv4 or IPv6 address, or a range of them in CIDR form. */
export class IpAddress extends Composite {
  readonly version: 4 | 6;
  readonly bits: bigint;
  readonly prefix: number;

  private constructor(version: 4 | 6, bits: bigint, prefix: number) {
    super();
    this.version = version;
    this.bits = bits;
    this.prefix = prefix;
  }

  /** `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1`, `2001:db8::/32`; IPv4 inside IPv6 is refused, as by the engine. */
  static parse(text: string): IpAddress {
    const address = addressOf(text);
    if (address === undefined) {
      throw new Fault(
        `error while evaluating \`ip\` extension function: invalid IP address: ${JSON.stringify(text.slice(0, 60))}`,
      );
    }
    return new IpAddress(...address);
  }

  get typeName(): string {
    return 'ipaddr';
  }

  isLoopback(): boolean {
    return this.version === 4 ? this.prefix >= 8 && this.bits >> 24n === 127n : this.prefix === 128 && this.bits === 1n;
  }

  isMulticast(): boolean {
    return this.version === 4
      ? this.prefix >= 4 && this.bits >> 28n === 0xen
      : this.prefix >= 8 && this.bits >> 120n === 0xffn;
  }

  /** Whether all of its addresses are in `range`. */
  isInRange(range: IpAddress): boolean {
    if (this.version !== range.version) return false;
    const host = BigInt(this.width - range.prefix);
    return this.prefix >= range.prefix && this.bits >> host === range.bits >> host;
  }

  get width(): number {
    return this.version === 4 ? 32 : 128;
  }

  equals(other: Value): boolean {
    return (
      other instanceof IpAddress &&
      other.version === this.version &&
      other.bits === this.bits &&
      other.prefix === this.prefix
    );
  }

  key(): string {
    return `I${this.version}/${this.bits}/${this.prefix}`;
  }

  override toString(): string {
    const step = this.version === 4 ? 8 : 16;
    const parts: string[] = [];
    for (let shift = this.width - step; shift >= 0; shift -= step) {
      const part = (this.bits >> BigInt(shift)) & ((1n << BigInt(step)) - 1n);
      parts.push(part.toString(this.version === 4 ? 10 : 16));
    }
    const range = this.prefix === this.width ? '' : `/${this.prefix}`;
    return `ip("${parts.join(this.version === 4 ? '.' : ':')}${range}")`;
  }
}

function addressOf(text: string): [4 | 6, bigint, number] | undefined {
  if (text.length > 43) return undefined;
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const version = /^[\d.]+$/.test(address) && isIPv4(address) ? 4 : isPlainIPv6(address) ? 6 : undefined;
  if (version === undefined) return undefined;
  const width = version === 4 ? 32 : 128;
  const prefix = slash < 0 ? width : prefixOf(text.slice(slash + 1), width);
  if (prefix === undefined) return undefined;
  return [version, version === 4 ? bitsOf4(address) : bitsOf6(address), prefix];
}

function prefixOf(text: string, width: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const prefix = Number(text);
  return prefix <= width ? prefix : undefined;
}

const isPlainIPv6 = (text: string) => /^[\da-fA-F:]+$/.test(text) && isIPv6(text);

function bitsOf4(text: string): bigint {
  return BigInt(text.split('.').reduce((bits, part) => bits * 256 + Number(part), 0));
}

function bitsOf6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...middle, ...last].reduce((bits, part) => (bits << 16n) | BigInt(`0x${part}`), 0n);
}
