import type { Compiler } from '../compiler.ts';
import type { SchemaNode } from '../node.ts';
import { date, dateTime, dateTimeLocal, duration, time, timeLocal } from './date-time.ts';
import { base64, base64url, jsonPointer, relativeJsonPointer, uuid } from './identifiers.ts';
import { email, hostname, idnEmail, idnHostname, ipv4, ipv6, plainHostname } from './network.ts';
import * as numbers from './numbers.ts';
import { regex } from './regex.ts';
import { iri, iriReference, uri, uriReference, uriTemplate } from './uri.ts';

/** How a format is checked, by the type of the value. A value of another type passes (2020-12 validation, section 7.1). */
export interface Format {
  readonly string?: ((text: string) => boolean) | undefined;
  readonly number?: ((value: number | bigint) => boolean) | undefined;
}

const annotation: Format = {};
const oldHostname: Format = { string: plainHostname };

const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['base64', { string: base64 }],
  ['base64url', { string: base64url }],
  ['binary', annotation],
  ['byte', { string: base64 }],
  ['char', { string: (text) => text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff) }],
  ['date', { string: date }],
  ['date-time', { string: dateTime }],
  ['date-time-local', { string: dateTimeLocal }],
  ['decimal', numbers.decimal],
  ['double', numbers.double],
  ['double-int', numbers.doubleInt],
  ['duration', { string: duration }],
  ['email', { string: email }],
  ['float', numbers.float],
  ['hostname', { string: hostname }],
  ['idn-email', { string: idnEmail }],
  ['idn-hostname', { string: idnHostname }],
  ['int16', numbers.int16],
  ['int32', numbers.int32],
  ['int64', numbers.int64],
  ['int8', numbers.int8],
  ['ipv4', { string: ipv4 }],
  ['ipv6', { string: ipv6 }],
  ['iri', { string: iri }],
  ['iri-reference', { string: iriReference }],
  ['json-pointer', { string: jsonPointer }],
  ['password', annotation],
  ['regex', { string: regex }],
  ['relative-json-pointer', { string: relativeJsonPointer }],
  ['time', { string: time }],
  ['time-local', { string: timeLocal }],
  ['uint16', numbers.uint16],
  ['uint32', numbers.uint32],
  ['uint64', numbers.uint64],
  ['uint8', numbers.uint8],
  ['uri', { string: uri }],
  ['uri-reference', { string: uriReference }],
  ['uri-template', { string: uriTemplate }],
  ['uuid', { string: uuid }],
]);

/** The check of a schema's format; undefined where it has none, it is unknown, or formats are only annotations. */
export function formatOf(compiler: Compiler, node: SchemaNode): Format | undefined {
  if (typeof node.raw === 'boolean' || (!compiler.formats && !node.resource.rules.formatAssertion)) return undefined;
  const name = node.raw['format'];
  if (name === 'hostname' && node.resource.rules.dialect !== '2020-12') return oldHostname;
  return typeof name === 'string' ? formats.get(name) : undefined;
}
