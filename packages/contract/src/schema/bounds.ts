import { numberOf, type RawSchema } from './node.ts';

/** The limits of a number, however the dialect writes them: `exclusiveMinimum: true` beside `minimum`, or a number of its own. */
export interface Bounds {
  readonly minimum?: number | bigint | undefined;
  readonly exclusiveMinimum?: number | bigint | undefined;
  readonly maximum?: number | bigint | undefined;
  readonly exclusiveMaximum?: number | bigint | undefined;
  readonly multipleOf?: number | bigint | undefined;
}

export function boundsOf(raw: RawSchema): Bounds {
  const minimum = numberOf(raw, 'minimum');
  const maximum = numberOf(raw, 'maximum');
  const divisor = numberOf(raw, 'multipleOf');
  const above = raw['exclusiveMinimum'] === true;
  const below = raw['exclusiveMaximum'] === true;
  return {
    minimum: above ? undefined : minimum,
    exclusiveMinimum: above ? minimum : numberOf(raw, 'exclusiveMinimum'),
    maximum: below ? undefined : maximum,
    exclusiveMaximum: below ? maximum : numberOf(raw, 'exclusiveMaximum'),
    multipleOf: divisor !== undefined && divisor > 0 ? divisor : undefined,
  };
}
