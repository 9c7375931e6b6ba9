import { CastellanError, compileSchema, nearest, References } from '@castellan/contract';
import type { YamlValue } from '../sources/yaml-text.ts';
import { castellanSchema, type FileSchema } from './schema.ts';

/**
 * Checks a parsed `castellan.yaml` against its schema: unknown keys first, because they are mostly misspelt known ones.
 * @throws CastellanError `unknown-key`, `invalid-castellan-file`
 */
export function checkCastellanFile(root: YamlValue): void {
  if (typeof root.value !== 'object' || root.value === null || Array.isArray(root.value))
    throw new CastellanError({
      code: 'invalid-castellan-file',
      message: 'castellan.yaml is not an object',
      place: root.place,
      mend: 'write apis: with one entry per API',
    });
  refuseUnknownKeys(root, castellanSchema);
  const [issue] = compiled().explain(root.value, 1);
  if (issue === undefined) return;
  const path = issue.pointer === '' ? [] : issue.pointer.slice(1).split('/').map(unescape);
  const name = path.length === 0 ? 'castellan.yaml' : path.join('.');
  throw new CastellanError({
    code: 'invalid-castellan-file',
    message: `${name}: ${issue.message}`,
    place: root.get(...path).place,
    mend: issue.mend,
  });
}

function unescape(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function refuseUnknownKeys(at: YamlValue, schema: FileSchema): void {
  const properties = schema['properties'] as Readonly<Record<string, FileSchema>> | undefined;
  const additional = schema['additionalProperties'];
  for (const [key, member] of at.entries()) {
    const known = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known !== undefined) refuseUnknownKeys(member, known);
    else if (typeof additional === 'object') refuseUnknownKeys(member, additional as FileSchema);
    else if (properties !== undefined) {
      const names = Object.keys(properties).filter((name) => name !== '$schema');
      const near = nearest(key, names);
      throw new CastellanError({
        code: 'unknown-key',
        message: `castellan.yaml has no key '${key.slice(0, 80)}' here`,
        place: member.place,
        mend: near === undefined ? `write one of ${names.join(', ')}` : `did you mean ${near}?`,
      });
    }
  }
  const items = schema['items'] as FileSchema | undefined;
  if (items !== undefined) for (const item of at.items()) refuseUnknownKeys(item, items);
}

let schema: ReturnType<typeof compileSchema> | undefined;

function compiled(): ReturnType<typeof compileSchema> {
  if (schema === undefined) {
    const references = new References();
    const document = 'urn:castellan:schema:castellan';
    references.add(document, castellanSchema, '2020-12');
    schema = compileSchema(
      { references },
      { location: { document, pointer: '' }, dialect: '2020-12', raw: castellanSchema },
    );
  }
  return schema;
}
