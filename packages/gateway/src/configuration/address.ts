import { badOption, reader, type Reader } from '@castellan/guard/configuration';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const ports = '(?:0|[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const pattern = `^(?:(?:\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252}):)?${ports}$`;
const written = new RegExp(pattern);

/** `127.0.0.1:9901`, `[::1]:9901`, or a port alone, which is one of the loopback address. */
export const addressReader: Reader<Address> = reader(
  {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: 65_535 },
      { type: 'string', pattern },
    ],
  },
  (value, where) => {
    if (typeof value === 'number' && Number.isInteger(value) && value <= 65_535 && value >= 0)
      return { host: '127.0.0.1', port: value };
    if (typeof value !== 'string' || !written.test(value))
      throw badOption(where, 'is no address with a port', 'write one such as 127.0.0.1:9901, or a port');
    const colon = value.lastIndexOf(':');
    const host = colon < 0 ? '127.0.0.1' : value.slice(0, colon).replace(/^\[|\]$/g, '');
    return { host, port: Number(value.slice(colon + 1)) };
  },
);
