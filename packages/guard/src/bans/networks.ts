import { isIPv4 } from 'node:net';
import { networkOf } from '../address.ts';

/** CIDR ranges, found by address: one look per length of a prefix that is there. */
export class Networks<T> {
  readonly #byLength = new Map<string, Map<string, T>>();

  /** @param range `192.0.2.0/24` */
  set(range: string, value: T): void {
    const [length, network] = placeOf(range);
    let known = this.#byLength.get(length);
    if (known === undefined) this.#byLength.set(length, (known = new Map()));
    known.set(network, value);
  }

  delete(range: string): void {
    const [length, network] = placeOf(range);
    const known = this.#byLength.get(length);
    known?.delete(network);
    if (known?.size === 0) this.#byLength.delete(length);
  }

  /** What is said of the ranges that hold an address. */
  *of(address: string): Generator<T> {
    const family = isIPv4(address) ? '4' : '6';
    for (const [length, known] of this.#byLength) {
      if (length[0] !== family) continue;
      const found = known.get(prefixOf(address, Number(length.slice(2))));
      if (found !== undefined) yield found;
    }
  }
}

function placeOf(range: string): readonly [length: string, network: string] {
  const [address = '', bits = ''] = range.split('/');
  return [`${isIPv4(address) ? '4' : '6'} ${bits}`, prefixOf(address, Number(bits))];
}

function prefixOf(address: string, bits: number): string {
  return isIPv4(address) ? String(Math.floor(numberOf(address) / 2 ** (32 - bits))) : networkOf(address, bits);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The one spelling of a range: the first address of it, and the bits that all of its addresses have in common. */
export function rangeOf(address: string, bits: number): string {
  if (!isIPv4(address)) return networkOf(address, bits);
  const first = Math.floor(numberOf(address) / 2 ** (32 - bits)) * 2 ** (32 - bits);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${bits}`;
}
