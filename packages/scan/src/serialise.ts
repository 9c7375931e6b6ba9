import type { Parameter } from '@castellan/contract';

/** The pieces of a query string that say a value, by the style of its parameter (OpenAPI 3.1, 4.8.12.3). */
export function queryOf({ name, style, explode, content }: Parameter, value: unknown): readonly string[] {
  const pair = (key: string, text: string): string => `${encodeURIComponent(key)}=${text}`;
  if (content !== undefined) return [pair(name, encodeURIComponent(JSON.stringify(value)))];
  if (Array.isArray(value)) {
    if (explode) return value.map((item) => pair(name, textOf(item)));
    const between = style === 'spaceDelimited' ? '%20' : style === 'pipeDelimited' ? '%7C' : ',';
    return [pair(name, value.map(textOf).join(between))];
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (style === 'deepObject') return entries.map(([key, item]) => pair(`${name}[${key}]`, textOf(item)));
    if (explode) return entries.map(([key, item]) => pair(key, textOf(item)));
    return [pair(name, entries.map(([key, item]) => `${encodeURIComponent(key)},${textOf(item)}`).join())];
  }
  return [pair(name, textOf(value))];
}

/** A value as text of a path, header field or cookie: `simple` style; undefined where another one is asked for. */
export function simpleOf({ style, explode, content, in: place }: Parameter, value: unknown): string | undefined {
  const text = place === 'path' ? textOf : plainOf;
  if (content !== undefined) return text(JSON.stringify(value));
  if (style !== 'simple' && style !== 'form' && style !== 'cookie') return undefined;
  if (Array.isArray(value)) return value.map(text).join();
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, item]) => `${text(key)}${explode ? '=' : ','}${text(item)}`)
      .join();
  return text(value);
}

function textOf(value: unknown): string {
  return encodeURIComponent(plainOf(value));
}

function plainOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
