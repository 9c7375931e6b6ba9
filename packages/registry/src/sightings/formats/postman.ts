import type { Entry } from './har.ts';

/** Whether the beginning of a file says that it is a Postman collection (2.0, 2.1). */
export function isPostman(head: string): boolean {
  return /"schema"\s*:\s*"https:\/\/schema\.(?:get)?postman\.com\/json\/collection\//.test(head);
}

const deepest = 20;

/** The requests of a collection; `:id` and `{{id}}` are values. */
export function* readPostman(text: string): Generator<Entry> {
  let collection: unknown;
  try {
    collection = JSON.parse(text);
  } catch {
    yield { garbage: 'no JSON' };
    return;
  }
  yield* itemsIn(collection, 0);
}

function* itemsIn(value: unknown, depth: number): Generator<Entry> {
  if (depth > deepest) return;
  const { item, request, response } = membersOf(value);
  if (Array.isArray(item)) for (const one of item) yield* itemsIn(one, depth + 1);
  if (request === undefined) return;
  const { method = 'GET', url } = typeof request === 'string' ? { url: request } : membersOf(request);
  const raw = typeof url === 'string' ? url : membersOf(url)['raw'];
  if (typeof method !== 'string' || typeof raw !== 'string') {
    yield { garbage: 'a request without an address' };
    return;
  }
  const [, host = '', path = '/'] = /^(?:[a-z]+:\/\/)?([^/?#]*)([^?#]*)/i.exec(raw) ?? [];
  const code = membersOf(Array.isArray(response) ? response[0] : undefined)['code'];
  yield {
    method: method.toUpperCase(),
    host: host.includes('{{') ? '' : host.toLowerCase().replace(/:\d+$/, ''),
    target: path
      .split('/')
      .map((segment) => segment.replace(/^:(\w+)$/, '{$1}').replaceAll(/\{\{([\w.-]+)\}\}/g, '{$1}'))
      .join('/'),
    status: typeof code === 'number' ? code : 200,
    time: Number.NaN,
    bytesIn: 0,
    bytesOut: 0,
    duration: 0,
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
