import { randomBytes } from 'node:crypto';
import { formOfSegment } from '@castellan/assess/paths';
import {
  keyedHash,
  kindOfName,
  shapeOf,
  type BodyRecord,
  type ExchangeRecord,
  type ParameterRecord,
} from '@castellan/guard/learn';
import { entriesIn } from './formats/har-entries.ts';

/** What is read of an entry of a HAR; whoever wrote it may have left anything out. */
interface Entry {
  readonly request?: {
    readonly method?: unknown;
    readonly url?: unknown;
    readonly postData?: { readonly mimeType?: unknown; readonly text?: unknown };
  };
  readonly response?: {
    readonly status?: unknown;
    readonly content?: { readonly mimeType?: unknown; readonly text?: unknown; readonly encoding?: unknown };
  };
}

/** Exchanges of one host. */
export interface HostExchanges {
  /** `https://api.example.com` */
  readonly origin: string;
  readonly exchanges: readonly ExchangeRecord[];
}

/** Bodies that are looked into, characters. */
const maxBody = 4 * 1024 * 1024;

/**
 * The exchanges of a HAR with the shapes of their bodies, by host: names and types, never a value. What is damaged is left out.
 */
export function harExchanges(text: string): readonly HostExchanges[] {
  // The key is forgotten: no value can be told from its hash.
  const hash = keyedHash(randomBytes(32));
  const hosts = new Map<string, ExchangeRecord[]>();
  for (const one of entriesIn(text)) {
    const found = 'entry' in one ? exchangeOf(one.entry, hash) : undefined;
    if (found === undefined) continue;
    const list = hosts.get(found.origin);
    if (list === undefined) hosts.set(found.origin, [found.exchange]);
    else list.push(found.exchange);
  }
  return [...hosts].map(([origin, exchanges]) => ({ origin, exchanges }));
}

function exchangeOf(
  entry: unknown,
  hash: ReturnType<typeof keyedHash>,
): { readonly origin: string; readonly exchange: ExchangeRecord } | undefined {
  try {
    const { request, response } = entry as Entry;
    const { method, url, postData } = request ?? {};
    const { status, content } = response ?? {};
    if (typeof method !== 'string' || typeof url !== 'string' || !Number.isInteger(status)) return undefined;
    const { origin, pathname, searchParams, protocol } = new URL(url);
    if (!/^https?:$/.test(protocol) || !/^[A-Z]{3,10}$/i.test(method)) return undefined;
    const encoded = content?.encoding === 'base64' && typeof content.text === 'string';
    return {
      origin,
      exchange: {
        v: 1,
        kind: 'exchange',
        time: 0,
        contract: '',
        times: 1,
        method: method.toUpperCase(),
        path: pathname,
        status: status as number,
        caller: { id: '', address: '', kind: 'none', verified: false, groups: [], scopes: [], claims: {} },
        parameters: queryOf(searchParams),
        request: bodyOf(postData?.mimeType, postData?.text, hash),
        answer: bodyOf(
          content?.mimeType,
          encoded ? Buffer.from(content.text as string, 'base64').toString() : content?.text,
          hash,
        ),
        refusals: [],
        mismatches: [],
      },
    };
  } catch {
    return undefined;
  }
}

/** Names that are values or of secrets are left out. */
function queryOf(query: URLSearchParams): ParameterRecord[] {
  const names = [...new Set(query.keys())].filter(
    (name) =>
      /^[A-Za-z_][\w.[\]-]{0,60}$/.test(name) && kindOfName(name) !== 'secret' && formOfSegment(name) === 'word',
  );
  return names.map((name) => ({ in: 'query', name, types: { string: query.getAll(name).length }, forms: { text: 1 } }));
}

function bodyOf(type: unknown, text: unknown, hash: ReturnType<typeof keyedHash>): BodyRecord | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const bare = typeof type === 'string' ? (type.toLowerCase().split(';', 1)[0] ?? '').trim() : '';
  const known = /^[\w.+-]+\/[\w.+-]+$/.test(bare) && bare !== 'x-unknown' ? { type: bare } : {};
  if (text.length > maxBody) return { ...known, unread: 'too-large', places: [] };
  const value = /[/+]json$/.test(bare)
    ? parsed(text)
    : bare === 'application/x-www-form-urlencoded'
      ? Object.fromEntries(new URLSearchParams(text))
      : undefined;
  if (value === undefined) return { ...known, unread: 'not-structured', places: [] };
  const { places, cut } = shapeOf(value, undefined, hash);
  return { ...known, places, ...(cut ? { cut } : {}) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
