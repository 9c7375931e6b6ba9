import type { OutgoingHttpHeaders } from 'node:http';
import type { Answer } from '../answer.ts';
import { revealingFields, securityFields } from '../security-fields.ts';
import { varied } from '../vary.ts';

/** Fields about a body that is not sent, and those that tell what software answers. */
const left = new Set([
  ...revealingFields,
  'content-type',
  'content-length',
  'content-encoding',
  'content-disposition',
  'content-range',
  'content-location',
  'transfer-encoding',
  'trailer',
  'accept-ranges',
  'cache-control',
  'expires',
  'etag',
  'last-modified',
  'location',
]);

/**
 * The header fields of an answer of the guard's own, name and value in turn. What middleware before the guard said of every
 * answer stays: CORS, security fields, correlation ids.
 * @param before what was set then
 */
export function answerFields(own: Answer, before: OutgoingHttpHeaders | undefined): string[] {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(own.headers))
    fields.push(name, name === 'vary' ? varied(before?.['vary'], value) : value);
  for (const [name, value] of securityFields) if (before?.[name] === undefined) fields.push(name, value);
  for (const name in before) {
    const value = before[name];
    if (value === undefined || left.has(name) || Object.hasOwn(own.headers, name)) continue;
    for (const one of Array.isArray(value) ? value : [value]) fields.push(name, String(one));
  }
  return fields;
}
