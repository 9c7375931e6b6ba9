import type { Issue } from '../compiled.ts';
import type { Header } from '../model.ts';
import type { SchemaSource } from '../schema/index.ts';
import { pointerToken, Refused } from './refused.ts';
import { compileValue, type ReadValue } from './value.ts';

/** What gives the header fields of a response: Node's `ServerResponse` is one. */
export interface FieldSource {
  /** The value of a field by lower-case name; undefined where it is absent. */
  getHeader(name: string): string | number | readonly string[] | undefined;
}

const missing = new Refused('required', 'is missing', 'send the field that the contract documents');

/**
 * Compiles the check of a response's header fields against those that are documented: present where required, of the
 * documented type, valid by schema. Fields that are not documented are not looked at; `Content-Type` is described by the
 * media type (OpenAPI 3.2, Response Object).
 *
 * @returns a function from the fields to issues with pointers such as `/header/x-total`; undefined where none is documented
 */
export function compileResponseFields(
  source: SchemaSource,
  headers: readonly Header[],
): ((fields: FieldSource) => readonly Issue[]) | undefined {
  const entries: { name: string; pointer: string; required: boolean; read: ReadValue }[] = [];
  for (const { name, required, explode, schema, content, location } of headers) {
    const lower = name.toLowerCase();
    if (lower === 'content-type') continue;
    const pointer = `/header/${pointerToken(lower)}`;
    const parameter = {
      name: lower,
      in: 'header',
      required,
      deprecated: false,
      style: 'simple',
      explode,
      allowReserved: false,
      allowEmptyValue: false,
      schema,
      content,
      location,
      castellan: {},
    } as const;
    entries.push({ name: lower, pointer, required, read: compileValue(source, parameter, pointer) });
  }
  if (entries.length === 0) return undefined;
  return (fields) => {
    const issues: Issue[] = [];
    for (const { name, pointer, required, read } of entries) {
      const value = fields.getHeader(name);
      if (value === undefined) {
        if (required) issues.push(missing.issue(pointer));
        continue;
      }
      // Lines of one name are one list (RFC 9110 section 5.3), but each Set-Cookie stands for itself (RFC 6265).
      const received = typeof value !== 'object' ? [String(value)] : name === 'set-cookie' ? value : [value.join(', ')];
      for (const one of received) read(one, (issue) => issues.push(issue));
    }
    return issues;
  };
}
