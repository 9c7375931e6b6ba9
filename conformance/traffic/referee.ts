import Ajv2020 from 'ajv/dist/2020.js';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** AJV on the schemas of one document, found by their pointers. */
export interface Referee {
  /** Undefined where AJV cannot compile the schema. */
  judge(pointer: string): ((value: unknown) => boolean) | undefined;
}

/** What OpenAPI 3.0 says of `nullable` as draft 4 says it; what stands beside `$ref` is ignored there. */
function asDraft04(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asDraft04);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Json;
  if (typeof object['$ref'] === 'string') return { $ref: object['$ref'] };
  const made: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(object))
    if (name !== 'nullable' && name !== 'example' && name !== 'examples') made[name] = asDraft04(inner);
  if (object['nullable'] === true && typeof made['type'] === 'string') made['type'] = [made['type'], 'null'];
  if (object['nullable'] === true && Array.isArray(made['enum']) && !made['enum'].includes(null))
    made['enum'] = [...(made['enum'] as unknown[]), null];
  return made;
}

export function refereeOf(document: Json, version: '3.0' | '3.1'): Referee {
  const options = { strict: false, allErrors: false, validateFormats: true, logger: false } as const;
  const ajv = version === '3.0' ? new AjvDraft04.default(options) : new Ajv2020.default(options);
  addFormats.default(ajv as never);
  for (const format of ['int32', 'int64', 'float', 'double', 'password', 'binary', 'byte']) ajv.addFormat(format, true);
  ajv.addSchema((version === '3.0' ? asDraft04(document) : document) as object, 'document');
  return {
    judge(pointer) {
      try {
        const fragment = pointer.split('/').map(encodeURIComponent).join('/');
        return ajv.compile({ $ref: `document#${fragment}` }) as (value: unknown) => boolean;
      } catch {
        return undefined;
      }
    },
  };
}
