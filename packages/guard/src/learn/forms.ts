/** How many characters of a text are looked at. */
const most = 2048;

/**
 * Forms of texts, the first that fits counts. The names that JSON Schema has as `format` mean the same here; the others are
 * what notations look like: `digits`, `boolean`, `boolean-word` (`True`), `naive-date-time`, `word`, `slug`, `hex`.
 */
const forms: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['empty', /^$/],
  ['uuid', /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i],
  ['boolean-word', /^(?:True|False)$/],
  ['boolean', /^(?:true|false)$/i],
  ['digits', /^\d{1,40}$/],
  ['number', /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i],
  ['date-time', /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/],
  ['naive-date-time', /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?$/],
  ['local-date-time', /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d{4})?$/],
  ['date', /^\d{4}-\d\d-\d\d$/],
  ['time', /^\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?$/],
  ['duration', /^P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)$/],
  ['ipv4', /^(?:\d{1,3}\.){3}\d{1,3}$/],
  ['ipv6', /^(?=.*:.*:)[\da-f:.]{2,45}$/i],
  ['email', /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/],
  ['uri', /^[a-z][a-z\d+.-]*:\/\/\S+$/i],
  ['jwt', /^[\w-]{8,}\.[\w-]{8,}\.[\w-]*$/],
  ['compact-uuid', /^[\da-f]{32}$/i],
  ['hex', /^(?=.*\d)[\da-f]{8,}$/i],
  ['word', /^[A-Za-z][A-Za-z_]{0,63}$/],
  ['slug', /^[A-Za-z\d][\w.-]{0,127}$/],
  ['path', /^\/\S*$/],
  ['base64', /^(?=.{24,})[A-Za-z\d+/_-]+={0,2}$/],
];

/** The form of a text. */
export function formOf(text: string): string {
  const looked = text.length > most ? text.slice(0, most) : text;
  return forms.find(([, pattern]) => pattern.test(looked))?.[0] ?? 'text';
}

/** The form of a number: the smallest of the formats that can hold it (OpenAPI format registry). */
export function numberForm(value: number): string {
  if (!Number.isInteger(value)) return 'double';
  if (value >= -2_147_483_648 && value <= 2_147_483_647) return 'int32';
  return Number.isSafeInteger(value) ? 'int64' : 'double';
}

/** Whether a text is an identifier of something rather than a name that somebody designed: what keys of maps look like. */
export function looksMade(text: string): boolean {
  if (text.length > 64 || !/^[A-Za-z_$@][\w$.@:#-]*$/.test(text)) return true;
  const form = formOf(text);
  return form === 'uuid' || form === 'email' || form === 'compact-uuid' || form === 'hex' || /\d{4,}/.test(text);
}
