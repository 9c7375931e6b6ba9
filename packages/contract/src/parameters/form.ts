import { isJson } from '../bodies/media-type.ts';
import type { Encoding, MediaType, Parameter, Schema } from '../model.ts';
import { compileSchema, type SchemaSource } from '../schema/index.ts';
import { Brackets } from './brackets.ts';
import { compileConvert } from './convert.ts';
import { compileQuery, type QueryLimits, type Slot } from './query.ts';
import { pointerToken, Refused } from './refused.ts';
import { shapeOf } from './shape.ts';
import { compileValue, failed, kindsOf, type ReadValue, type Report } from './value.ts';

/** From the text of a form to a valid value: `failed` after a report. */
export type ReadForm = (text: string, report: Report) => unknown;

/**
 * Compiles the reading of `application/x-www-form-urlencoded` (WHATWG URL section 5): each property of the schema by its
 * Encoding Object (OpenAPI 3.2 section 4.15), the whole checked by the schema.
 *
 * Names that are not documented are kept as text for the schema to judge, as in a JSON body; with brackets they are refused.
 */
export function compileForm(source: SchemaSource, media: MediaType, pointer: string, limits: QueryLimits): ReadForm {
  const shape = shapeOf(source, media.schema);
  const fields: Parameter[] = [...shape.properties].map(([name, schema]) => formField(source, media, name, schema));
  const reads: ReadValue[] = fields.map((field) =>
    compileValue(source, field, `${pointer}/${pointerToken(field.name)}`),
  );
  const rest = fields.length;
  const convertFree = compileConvert(source, typeof shape.additional === 'object' ? shape.additional : undefined);
  const reader = compileQuery(source, fields, pointer, limits, [], rest);
  const schema = media.schema === undefined ? undefined : compileSchema(source, media.schema, { direction: 'request' });

  return (text, report) => {
    const slots: Slot[] = [];
    for (let index = 0; index <= rest; index++) slots.push(undefined);
    let valid = true;
    const counted: Report = (issue) => {
      valid = false;
      report(issue);
    };
    reader.read(text, slots, counted);
    const values = new Map<string, unknown>();
    const set = (name: string, value: unknown): void => {
      if (value !== failed) values.set(name, value);
    };
    for (const [index, field] of fields.entries()) {
      const slot = slots[index];
      const received = slot instanceof Brackets ? slot.tree() : slot;
      if (received instanceof Refused) counted(received.issue(`${pointer}/${pointerToken(field.name)}`));
      else if (received !== undefined) set(field.name, reads[index]?.(received, counted));
    }
    for (const [name, value] of (slots[rest] as ReadonlyMap<string, string> | undefined) ?? []) {
      const converted = convertFree(value);
      if (converted instanceof Refused) counted(converted.issue(`${pointer}/${pointerToken(name)}`));
      else set(name, converted);
    }
    if (!valid) return failed;
    const form = Object.fromEntries(values);
    if (schema === undefined || schema.check(form)) return form;
    for (const issue of schema.explain(form)) report({ ...issue, pointer: pointer + issue.pointer });
    return failed;
  };
}

/** How one property of a form travels: by style, or as a document of its own (objects are JSON where nothing else is said). */
function formField(source: SchemaSource, media: MediaType, name: string, schema: Schema): Parameter {
  const encoding: Encoding | undefined = media.encoding.get(name);
  const styled =
    encoding?.style !== undefined || encoding?.explode !== undefined || encoding?.allowReserved !== undefined;
  const style = encoding?.style ?? 'form';
  const kinds = kindsOf(shapeOf(source, schema));
  const object = kinds.length === 1 && kinds[0] === 'object';
  const type = styled ? undefined : (encoding?.contentType ?? (object ? 'application/json' : undefined));
  return {
    name,
    in: 'query',
    required: false,
    deprecated: false,
    style,
    explode: encoding?.explode ?? style === 'form',
    allowReserved: encoding?.allowReserved ?? false,
    allowEmptyValue: false,
    schema,
    content:
      type !== undefined && isJson(type) ? { type, schema, encoding: new Map(), location: schema.location } : undefined,
    location: schema.location,
    castellan: {},
  };
}
