import { CastellanError } from '../error.ts';
import type { Place } from '../error.ts';
import type { Dialect, Location } from '../model.ts';
import type { Version } from '../normalise/reading.ts';
import type { LoadedDocument } from './documents.ts';
import { member } from './pointer.ts';

export interface DocumentVersion {
  /** As written. */
  readonly openapi: string;
  readonly version: Version;
  readonly dialect: Dialect;
}

type PlaceOf = (location: Location) => Place;

/** @throws CastellanError `invalid-openapi`, `unsupported-version` */
export function versionOf(document: LoadedDocument, place: PlaceOf): DocumentVersion {
  const written = member(document.value, 'openapi') ?? member(document.value, 'swagger');
  const key = member(document.value, 'openapi') === undefined ? 'swagger' : 'openapi';
  if (written === undefined) throw notOpenApi(document, place);
  // YAML reads `swagger: 2.0` as the number 2.
  const text =
    typeof written === 'number' ? written.toFixed(1) : typeof written === 'string' ? written : JSON.stringify(written);
  const location = { document: document.source.uri, pointer: `/${key}` };
  const version = /^(2\.0|3\.[012])(?:\.\d+)?(?:-.*)?$/.exec(text)?.[1] as Version | undefined;
  if (version === undefined || (version === '2.0') !== (key === 'swagger')) {
    throw new CastellanError({
      code: 'unsupported-version',
      message: `OpenAPI version '${text.slice(0, 40)}' is not supported`,
      place: place(location),
      mend: "write swagger: '2.0', or openapi: with 3.0.x, 3.1.x or 3.2.x",
    });
  }
  return {
    openapi: text,
    version,
    dialect: version === '2.0' || version === '3.0' ? 'openapi-3.0' : dialectOf(document),
  };
}

function dialectOf(document: LoadedDocument): Dialect {
  const uri = member(document.value, 'jsonSchemaDialect');
  return typeof uri === 'string' && /json-schema\.org\/draft-04\//.test(uri) ? 'draft-04' : '2020-12';
}

function notOpenApi(document: LoadedDocument, place: PlaceOf): CastellanError {
  const other =
    member(document.value, 'overlay') !== undefined
      ? 'an Overlay document'
      : member(document.value, 'asyncapi') !== undefined
        ? 'an AsyncAPI document'
        : undefined;
  return new CastellanError({
    code: 'invalid-openapi',
    message:
      other === undefined
        ? 'the document has neither openapi nor swagger, so it is no OpenAPI document'
        : `this is ${other}, not an OpenAPI document`,
    place: place({ document: document.source.uri, pointer: '' }),
    mend:
      other === 'an Overlay document'
        ? 'give the OpenAPI document, and this one as an overlay'
        : 'give an OpenAPI document; its first line is mostly openapi: 3.1.0',
  });
}

/**
 * Keys that stand twice where the second could open what the first had closed. Tools differ in which one counts, and a
 * reader sees the first.
 * @throws CastellanError `duplicate-key`
 */
export function checkDuplicates(document: LoadedDocument): void {
  for (const { pointer, key, line, column } of document.duplicates) {
    if (
      !/^(?:$|\/paths(?:$|\/)|\/security|\/components(?:$|\/[^/]*$|\/securitySchemes\/)|\/securityDefinitions|\/webhooks)/.test(
        pointer,
      )
    )
      continue;
    throw new CastellanError({
      code: 'duplicate-key',
      message: `the key '${key.slice(0, 80)}' is a duplicate in its object`,
      place: { file: document.source.file, line, column },
      mend: 'keep one of them: tools differ in which one counts',
    });
  }
}
