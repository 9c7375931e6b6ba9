import { Decimal } from '../values/decimal.ts';
import { IpAddress } from '../values/ip-address.ts';
import { Datetime, Duration } from '../values/time.ts';
import { typeFault, type Value } from '../values/value.ts';

/** A function of an extension type: how many arguments it takes, and what it does with them. */
export interface ExtensionFunction {
  readonly arity: number;
  /** Throws a Fault when an argument is of the wrong type or malformed. */
  readonly call: (first: Value, second: Value) => Value;
}

const text = (value: Value): string => {
  if (typeof value === 'string') return value;
  throw typeFault('string', value);
};
const decimal = (value: Value): Decimal => {
  if (value instanceof Decimal) return value;
  throw typeFault('decimal', value);
};
const ip = (value: Value): IpAddress => {
  if (value instanceof IpAddress) return value;
  throw typeFault('ipaddr', value);
};
const datetime = (value: Value): Datetime => {
  if (value instanceof Datetime) return value;
  throw typeFault('datetime', value);
};
const duration = (value: Value): Duration => {
  if (value instanceof Duration) return value;
  throw typeFault('duration', value);
};
const unary = (call: (value: Value) => Value): ExtensionFunction => ({ arity: 1, call });
const binary = (call: (first: Value, second: Value) => Value): ExtensionFunction => ({ arity: 2, call });

/** Every function of Cedar's extension types, by the name that its JSON form uses. */
export const extensions: ReadonlyMap<string, ExtensionFunction> = new Map([
  ['decimal', unary((value) => Decimal.parse(text(value)))],
  ['ip', unary((value) => IpAddress.parse(text(value)))],
  ['datetime', unary((value) => Datetime.parse(text(value)))],
  ['duration', unary((value) => Duration.parse(text(value)))],
  ['lessThan', binary((a, b) => decimal(a).tenThousandths < decimal(b).tenThousandths)],
  ['lessThanOrEqual', binary((a, b) => decimal(a).tenThousandths <= decimal(b).tenThousandths)],
  ['greaterThan', binary((a, b) => decimal(a).tenThousandths > decimal(b).tenThousandths)],
  ['greaterThanOrEqual', binary((a, b) => decimal(a).tenThousandths >= decimal(b).tenThousandths)],
  ['isIpv4', unary((value) => ip(value).version === 4)],
  ['isIpv6', unary((value) => ip(value).version === 6)],
  ['isLoopback', unary((value) => ip(value).isLoopback())],
  ['isMulticast', unary((value) => ip(value).isMulticast())],
  ['isInRange', binary((a, b) => ip(a).isInRange(ip(b)))],
  ['offset', binary((a, b) => datetime(a).offset(duration(b)))],
  ['durationSince', binary((a, b) => datetime(a).durationSince(datetime(b)))],
  ['toDate', unary((value) => datetime(value).toDate())],
  ['toTime', unary((value) => datetime(value).toTime())],
  ['toMilliseconds', unary((value) => duration(value).in(1))],
  ['toSeconds', unary((value) => duration(value).in(1000))],
  ['toMinutes', unary((value) => duration(value).in(60_000))],
  ['toHours', unary((value) => duration(value).in(3_600_000))],
  ['toDays', unary((value) => duration(value).in(86_400_000))],
]);
