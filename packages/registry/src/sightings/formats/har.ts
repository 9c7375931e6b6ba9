import { mostCounted } from '../bounded.ts';
import type { LoggedRequest } from '../sighting.ts';
import { entriesIn } from './har-entries.ts';

/** What is read of a file with requests: each entry, `undefined` for what is none, with a sample of it. */
export type Entry = LoggedRequest | { readonly garbage: string };

/** Whether the beginning of a file says that it is a HAR (HTTP Archive 1.2). */
export function isHar(head: string): boolean {
  return /^\s*\{\s*"log"\s*:\s*\{/.test(head);
}

/** The entries of a HAR. Of a damaged one those that are whole. */
export function* readHar(text: string): Generator<Entry> {
  for (const one of entriesIn(text)) yield 'entry' in one ? entryOf(one) : { garbage: one.damaged.slice(0, 60) };
}

function entryOf({ entry, json }: { readonly entry: unknown; readonly json: string }): Entry {
  try {
    const { request, response, startedDateTime, time } = entry as Readonly<Record<string, unknown>>;
    const { method, url, bodySize } = request as Readonly<Record<string, unknown>>;
    const { status, content } = response as Readonly<Record<string, unknown>>;
    if (typeof method !== 'string' || typeof url !== 'string' || !/^https?:/i.test(url))
      throw new TypeError('no request');
    // 0 is what browsers write where no answer came.
    if (typeof status !== 'number' || !Number.isInteger(status) || status < 0 || status > 999)
      throw new TypeError('no status');
    const { hostname, pathname } = new URL(url);
    return {
      method: method.toUpperCase(),
      host: hostname,
      target: pathname,
      status,
      time: typeof startedDateTime === 'string' ? Date.parse(startedDateTime) : Number.NaN,
      bytesIn: positive(bodySize),
      bytesOut: positive((content as Readonly<Record<string, unknown>> | null | undefined)?.['size']),
      duration: positive(time),
    };
  } catch {
    return { garbage: json.slice(0, 60) };
  }
}

function positive(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(value, mostCounted) : 0;
}
