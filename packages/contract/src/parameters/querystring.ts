import { isJson } from '../bodies/media-type.ts';
import type { Parameter } from '../model.ts';
import type { SchemaSource } from '../schema/index.ts';
import { compileForm } from './form.ts';
import { percentDecoded } from './percent.ts';
import type { QueryLimits } from './query.ts';
import { recordOf } from './record.ts';
import { pointerToken, Refused } from './refused.ts';
import { compileValue, type Report } from './value.ts';

const missing = new Refused('required', 'is missing', 'send it after the question mark');

/** OpenAPI 3.2 `in: querystring`: the whole query is one value of the documented media type. */
export function compileQuerystring(
  source: SchemaSource,
  parameter: Parameter,
  limits: QueryLimits,
): (query: string, report: Report) => Readonly<Record<string, unknown>> {
  const pointer = `/query/${pointerToken(parameter.name)}`;
  const media = parameter.content;
  const form =
    media !== undefined && media.type.startsWith('application/x-www-form-urlencoded')
      ? compileForm(source, media, pointer, limits)
      : undefined;
  const read = compileValue(source, parameter, pointer);
  return (query, report) => {
    const record = recordOf();
    if (query === '') {
      if (parameter.required) report(missing.issue(pointer));
    } else if (form !== undefined) {
      record[parameter.name] = form(query, report);
    } else {
      const text = percentDecoded(query, media === undefined || !isJson(media.type));
      if (text instanceof Refused) report(text.issue(pointer));
      else record[parameter.name] = read(text, report);
    }
    return record;
  };
}
