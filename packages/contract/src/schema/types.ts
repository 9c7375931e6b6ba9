import type { RawSchema } from './node.ts';
import type { Rules } from './rules.ts';

export type TypeName = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

const names: ReadonlySet<string> = new Set<TypeName>([
  'null',
  'boolean',
  'integer',
  'number',
  'string',
  'array',
  'object',
]);

/** Names that stand in real documents for a type. */
const aliases: ReadonlyMap<string, TypeName> = new Map<string, TypeName>([
  ['int', 'integer'],
  ['long', 'integer'],
  ['float', 'number'],
  ['double', 'number'],
  ['decimal', 'number'],
  ['bool', 'boolean'],
  ['str', 'string'],
  ['text', 'string'],
  ['date', 'string'],
  ['datetime', 'string'],
  ['date-time', 'string'],
  ['uuid', 'string'],
  ['list', 'array'],
  ['dict', 'object'],
  ['map', 'object'],
]);

/** What `type` allows. `any` where it says nothing; `unknown` lists names that are no types at all, which allow nothing. */
export interface Types {
  readonly any: boolean;
  readonly allowed: ReadonlySet<TypeName>;
  /** Strings may also be given as bytes: `format: binary`, 2.0's `type: file`, and 3.1's `contentMediaType` of what is no text. */
  readonly bytes: boolean;
  readonly unknown: readonly string[];
  readonly aliased: readonly string[];
}

export function typesOf(raw: RawSchema, rules: Rules): Types {
  const declared = raw['type'];
  const bytes = raw['format'] === 'binary' || declared === 'file' || (rules.dialect === '2020-12' && holdsBytes(raw));
  const written = typeof declared === 'string' ? [declared] : Array.isArray(declared) ? (declared as unknown[]) : [];
  const allowed = new Set<TypeName>();
  const unknown: string[] = [];
  const aliased: string[] = [];
  let any = written.length === 0 || !rules.validation;
  for (const name of written) {
    const lower = String(name).toLowerCase();
    const alias = aliases.get(lower) ?? (names.has(lower) ? (lower as TypeName) : undefined);
    if (typeof name === 'string' && names.has(name)) allowed.add(name as TypeName);
    else if (rules.dialect === 'openapi-3.0' && name === 'file') any = true;
    else if (lower === 'any') any = aliased.push(lower) > 0;
    else if (alias !== undefined) {
      allowed.add(alias);
      aliased.push(String(name));
    } else unknown.push(String(name));
  }
  if (isNullable(raw, rules)) allowed.add('null');
  return { any, allowed, bytes, unknown, aliased };
}

/** FastAPI and others write files so (OpenAPI 3.1, 'Considerations for File Uploads'). */
function holdsBytes(raw: RawSchema): boolean {
  const type = raw['contentMediaType'];
  return typeof type === 'string' && raw['contentEncoding'] === undefined && !/^text\/|[/+](?:json|xml)\b/i.test(type);
}

/** OpenAPI 3.0's `nullable`: null is allowed whatever else the schema says, also where `type` is missing. */
export function isNullable(raw: RawSchema, rules: Rules): boolean {
  return rules.dialect === 'openapi-3.0' && (raw['nullable'] === true || raw['x-nullable'] === true);
}
