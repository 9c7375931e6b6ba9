import { Fault } from './fault.ts';
import { toLong } from './long.ts';
import { Composite, type Long, type Value } from './value.ts';

/** Cedar's `decimal`: four digits after the point, kept as a count of ten-thousandths. */
export class Decimal extends Composite {
  readonly tenThousandths: Long;

  constructor(tenThousandths: Long) {
    super();
    this.tenThousandths = tenThousandths;
  }

  /** `12.34`: digits on both sides, at most four after the point, within 64 bits of ten-thousandths. */
  static parse(text: string): Decimal {
    const match = /^(-?)(\d+)\.(\d{1,4})$/.exec(text);
    const digits = match === null ? undefined : `${match[2] ?? ''}${(match[3] ?? '').padEnd(4, '0')}`;
    const value =
      digits === undefined || digits.length > 4000
        ? undefined
        : toLong(BigInt(`${digits}`) * (match?.[1] === '-' ? -1n : 1n));
    if (value === undefined) {
      throw new Fault(
        `error while evaluating \`decimal\` extension function: ${JSON.stringify(text)} is not a well-formed decimal value`,
      );
    }
    return new Decimal(value);
  }

  get typeName(): string {
    return 'decimal';
  }

  equals(other: Value): boolean {
    return other instanceof Decimal && other.tenThousandths === this.tenThousandths;
  }

  key(): string {
    return `N${this.tenThousandths}`;
  }

  override toString(): string {
    const value = BigInt(this.tenThousandths);
    const digits = (value < 0n ? -value : value).toString().padStart(5, '0');
    const trimmed = `${digits.slice(0, -4)}.${digits.slice(-4)}`.replace(/0{1,3}$/, '');
    return `decimal("${value < 0n ? '-' : ''}${trimmed}")`;
  }
}
