import { isObject, tokensOf } from '../load/pointer.ts';
import { walk } from '../load/walk.ts';
import type { Located, Location } from '../model.ts';
import type { Reading } from './reading.ts';
import { isSchemaPlace } from './schema-place.ts';

/** Names of the OpenAPI Format Registry and of JSON Schema. */
const FORMATS: ReadonlySet<string> = new Set(
  (
    'base64url binary byte char commonmark date date-time date-time-local decimal decimal128 double double-int duration email float hostname html ' +
    'http-date idn-email idn-hostname int8 int16 int32 int64 ipv4 ipv6 iri iri-reference json-pointer media-range password regex ' +
    'relative-json-pointer sf-binary sf-boolean sf-decimal sf-integer sf-string sf-token time time-local uint8 uint16 uint32 uint64 unixtime uri ' +
    'uri-reference uri-template uuid'
  ).split(' '),
);
/** Stands in the list of formats seen; no format can be called so. */
const XML = ' xml';
const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

/**
 * Notes what is tolerated in schemas.
 * @param formatsSeen unknown formats are noted once per name, at their first place; so is the keyword `xml`
 */
export function warnAboutSchemas(reading: Reading, document: Located, formatsSeen: Set<string>): void {
  const old = reading.dialect === 'openapi-3.0';
  walk(
    document.value,
    (object, pointer) => {
      const at = (key: string): Location | undefined => {
        const found = document.location.pointer + pointer();
        return isSchemaPlace(tokensOf(found))
          ? { document: document.location.document, pointer: `${found}/${key}` }
          : undefined;
      };
      const { type, format, nullable } = object;
      if (typeof format === 'string' && !FORMATS.has(format) && !formatsSeen.has(format)) {
        const location = at('format');
        if (location !== undefined) {
          formatsSeen.add(format);
          reading.warn(
            location,
            'unknown-format',
            `the format ${format} is not known, so it checks nothing`,
            'say it with pattern, or remove it',
          );
        }
      }
      if (isObject(object['xml']) && !formatsSeen.has(XML)) {
        const location = at('xml');
        if (location !== undefined) formatsSeen.add(XML);
        warn(
          reading,
          location,
          'xml-ignored',
          'xml is ignored: bodies of XML media types pass as text and are not validated',
          'offer JSON as well, or validate XML in the handler',
        );
      }
      if (old && nullable === true && type === undefined && typeof object['$ref'] !== 'string') {
        warn(
          reading,
          at('nullable'),
          'nullable-without-type',
          'nullable without type; null is allowed all the same',
          'add type beside nullable',
        );
      }
      if (typeof type === 'string' && !TYPES.has(type)) {
        warn(
          reading,
          at('type'),
          'unknown-type',
          `the type ${type} does not exist`,
          'write string, number, integer, boolean, array or object',
        );
      }
      if (old && Array.isArray(type))
        warn(
          reading,
          at('type'),
          'type-list',
          'a list of types is not part of OpenAPI 3.0',
          'write one type, and nullable: true for null',
        );
    },
    document.location.document !== reading.root.location.document,
  );
}

function warn(reading: Reading, location: Location | undefined, code: string, message: string, mend: string): void {
  if (location !== undefined) reading.warn(location, code, message, mend);
}
