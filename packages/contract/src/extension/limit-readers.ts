import { items } from '../load/pointer.ts';
import type { LimitCost, LimitPart, RateLimit } from '../model.ts';
import { nearest } from '../normalise/nearest.ts';
import { parseSize, SIZE } from './quantities.ts';
import { defaulted, integer, object, oneOf, optional, rate, required, type Reader } from './reader.ts';
import { parseRequestValue, VALUE, VALUE_PATTERN } from './request-value.ts';

const callers = ['principal', 'address', 'key', 'tenant', 'operation'] as const;
/** `address/48`: IPv6 addresses by a shorter or longer prefix than /64. */
const PREFIX = '^address/(?:3[2-9]|[4-9]\\d|1[01]\\d|12[0-8])$';
const accepted = `${callers.join(', ')}, address/48, or a value of the request such as body.username`;

/** Whose calls are counted together. */
const part: Reader<LimitPart> = {
  schema: {
    anyOf: [{ enum: callers }, { type: 'string', pattern: PREFIX }, { type: 'string', pattern: VALUE_PATTERN }],
  },
  read: ({ value, location }, fail) => {
    const caller = callers.find((one) => one === value);
    if (caller !== undefined) return caller;
    if (typeof value === 'string') {
      if (new RegExp(PREFIX).test(value)) return { prefix: Number(value.slice(8)) };
      const read = parseRequestValue(value);
      if (read !== undefined) return read;
    }
    const near = typeof value === 'string' ? nearest(value, callers) : undefined;
    throw fail(
      location,
      'invalid-extension',
      'by does not say whose calls are counted together',
      near === undefined ? `write ${accepted}` : `did you mean ${near}?`,
    );
  },
};

/** One or several: calls that have all of them in common are counted together. */
export const limitBy: Reader<readonly LimitPart[]> = oneOrMore(part, accepted);

const measures = ['request.bytes', 'answer.records', 'answer.bytes'] as const;
const COST_PATTERN = `^(?:request\\.bytes|answer\\.records|answer\\.bytes|${VALUE})(?: ?/ ?(?:[1-9]\\d{0,11}|${SIZE}))?$`;
const computed = new RegExp(COST_PATTERN);

/** What one call takes: a number, or what is computed of the request or its answer. */
const cost: Reader<LimitCost> = {
  schema: { anyOf: [integer(1).schema, { type: 'string', pattern: COST_PATTERN }] },
  read: (node, fail) => {
    const { value, location } = node;
    if (typeof value !== 'string') return integer(1).read(node, fail);
    const [source = '', per = '1'] = value.split('/').map((half) => half.trim());
    const of = measures.find((one) => one === source) ?? parseRequestValue(source);
    if (computed.test(value) && of !== undefined) return { text: value, of, per: parseSize(per) ?? Number(per) };
    throw fail(
      location,
      'invalid-extension',
      'cost is neither a number nor something to count',
      'write 5, query.limit, query.limit / 10, body.ids, request.bytes / 100KB, answer.records / 10 or answer.bytes / 1MB',
    );
  },
};

const rateLimit: Reader<RateLimit> = object({
  rate: required(rate, 'How many in which time: 60/minute.'),
  burst: optional(integer(1), 'How many may come at once; the count of the rate where not said.'),
  by: defaulted(
    limitBy,
    ['principal'],
    'Whose calls are counted together: principal, address, key, tenant, operation, body.username.',
  ),
  cost: defaulted(
    cost,
    1,
    'How many units one call takes: a number, query.limit / 10, request.bytes / 100KB, answer.records.',
  ),
  counts: defaulted(
    oneOf(['all', 'failures']),
    'all',
    'failures: a call that was answered well does not count. Against brute force.',
  ),
});

/** One limit or several, all of them in force. */
export const rateLimits: Reader<readonly RateLimit[]> = oneOrMore(rateLimit, '{ rate: 60/minute }');

/** One value, or a list of at least one. */
export function oneOrMore<T>(of: Reader<T>, example: string): Reader<readonly T[]> {
  return {
    schema: { anyOf: [of.schema, { type: 'array', items: of.schema, minItems: 1 }] },
    read: (node, fail) => {
      if (!Array.isArray(node.value)) return Object.freeze([of.read(node, fail)]);
      if (node.value.length === 0)
        throw fail(node.location, 'invalid-extension', 'the list is empty', `write ${example}, or leave it out`);
      return Object.freeze([...items(node)].map((at) => of.read(at, fail)));
    },
  };
}
