import type { LoggedRequest } from '../sighting.ts';

/** What is read of a file with requests: each entry, `undefined` for what is none, with a sample of it. */
export type Entry = LoggedRequest | { readonly garbage: string };

/** Whether the beginning of a file says that it is a HAR (HTTP Archive 1.2). */
export function isHar(head: string): boolean {
  return /^\s*\{\s*"log"\s*:\s*\{/.test(head);
}

/** The entries of a HAR. Of a damaged one those that are whole: each is read by itself. */
export function* readHar(text: string): Generator<Entry> {
  const start = /"entries"\s*:\s*\[/.exec(text);
  if (start === null) {
    yield { garbage: 'no entries' };
    return;
  }
  for (const json of objectsIn(text, start.index + start[0].length)) yield entryOf(json);
}

function entryOf(json: string): Entry {
  try {
    const { request, response, startedDateTime, time } = JSON.parse(json) as Readonly<Record<string, unknown>>;
    const { method, url, bodySize } = request as Readonly<Record<string, unknown>>;
    const { status, content } = response as Readonly<Record<string, unknown>>;
    if (typeof method !== 'string' || typeof url !== 'string' || !/^https?:/i.test(url))
      throw new TypeError('no request');
    const { hostname, pathname } = new URL(url);
    return {
      method: method.toUpperCase(),
      host: hostname,
      target: pathname,
      status: Number.isInteger(status) ? (status as number) : 0,
      time: typeof startedDateTime === 'string' ? Date.parse(startedDateTime) : Number.NaN,
      bytesIn: positive(bodySize),
      bytesOut: positive((content as Readonly<Record<string, unknown>> | undefined)?.['size']),
      duration: positive(time),
    };
  } catch {
    return { garbage: json.slice(0, 60) };
  }
}

function positive(value: unknown): number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : 0;
}

/** The texts of the objects in a list that begins here; one that never ends is given as it is. */
export function* objectsIn(text: string, from: number): Generator<string> {
  let depth = 0;
  let start = -1;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (quoted) {
      if (sign === 0x5c) at += 1;
      else if (sign === 0x22) quoted = false;
    } else if (sign === 0x22) quoted = true;
    else if (sign === 0x7b) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (sign === 0x7d) {
      depth -= 1;
      if (depth === 0) yield text.slice(start, at + 1);
    } else if (sign === 0x5d && depth === 0) return;
  }
  if (depth > 0) yield text.slice(start);
}
