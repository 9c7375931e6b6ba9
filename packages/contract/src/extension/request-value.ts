import type { RequestValue, ValuePlace } from '../model.ts';

const PLACE = '(?:body(?:\\.[^\\s|./]+)+|(?:query|path|header|cookie)\\.[^\\s|/]+)';
/** One place or several. */
export const VALUE = `${PLACE}(?: ?\\| ?${PLACE})*`;
/** `body.username`, `header.x-device`, `body.username | body.email`: the first that a request has. */
export const VALUE_PATTERN = `^${VALUE}$`;

const value = new RegExp(VALUE_PATTERN);

/** A value of a request by where it stands: `body.user.name`; undefined where the text is none. */
export function parseRequestValue(text: string): RequestValue | undefined {
  if (!value.test(text)) return undefined;
  return { text, places: text.split('|').map((one) => placeOf(one.trim())) };
}

function placeOf(text: string): ValuePlace {
  const point = text.indexOf('.');
  const source = text.slice(0, point) as ValuePlace['source'];
  const rest = text.slice(point + 1);
  // Names of header fields are the same in any case.
  return { source, path: source === 'body' ? rest.split('.') : [source === 'header' ? rest.toLowerCase() : rest] };
}
