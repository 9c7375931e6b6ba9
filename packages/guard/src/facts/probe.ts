import type { Operation } from '@castellan/contract';
import type { Exchange, Verdict } from '../exchange.ts';

/** What attempts at an injection look like, by what they are meant for. */
const forms = {
  sql: /['"`)]\s{0,20}(?:or|and|union|having|order|group|limit)\b[^\n]{0,40}(?:=|\bselect\b|--|\blike\b|\bby\b)|\bunion(?:\s|\/\*[^*]{0,20}\*\/){1,5}(?:all\s{1,5})?select\b|;\s{0,10}(?:drop|insert|update|delete|alter|exec|truncate|shutdown)\s{1,10}\w|\b(?:pg_sleep|benchmark|extractvalue|updatexml|xp_cmdshell|load_file|dbms_pipe\.\w{1,30})\s{0,5}\(|\bsleep\s?\(\s?\d|\bwaitfor\s{1,5}delay\b|\binformation_schema\b|['"]\s{0,5}(?:--|#|;\s{0,5}--)|\b(?:or|and)\s{1,5}(\d{1,6})\s{0,5}=\s{0,5}\1\b/,
  script:
    /<\s{0,5}script\b|<\s{0,5}(?:svg|img|iframe|body|object|embed|details|video|audio|input|math)\b[^>]{0,200}\bon[a-z]{3,20}\s{0,5}=|\bjavascript\s{0,5}:\s{0,5}\S|["']\s{0,5}on(?:error|load|mouseover|focus|click)\s{0,5}=/,
  path: /(?:\.\.|%2e%2e|\.%2e)(?:[/\\]|%2f|%5c)|\.\.;\/|\/etc\/(?:passwd|shadow|hosts)\b|\/proc\/self\/|\bfile:\/\/|[\\/]win\.ini\b|[\\/]boot\.ini\b|\bwindows[\\/]system32\b/,
  command:
    /(?:[;|&\n]\s{0,5}|`|\$\()(?:whoami|uname|powershell|nslookup|ncat|wget|curl)\b|[;|&\n]\s{0,5}(?:cat|ls|nc|sh|bash|ping|sleep|dig|python\d?|perl|cmd(?:\.exe)?|echo)\s{1,5}[-/~$.\d]|(?:`(?=\w{1,8}\s)|\$\()\s{0,5}(?:id|cat|ls|sleep|ping|sh|bash|echo|nc)\b|\$\{ifs\}|\/bin\/(?:ba|z|da)?sh\b/,
  template:
    /\{\{[^{}]{0,60}(?:\d\s?[*+]\s?['"]?\d|\bconfig\b|\bself\b|\bconstructor\b|__\w{3,20}__|\brequest\.)[^{}]{0,80}\}\}|[$#*]\{[^{}]{0,40}(?:\d\s?\*\s?\d|t\(java|java\.lang|\.getclass|runtime)[^{}]{0,80}\}|<%=?[^%]{0,80}%>/,
  lookup: /\$\{(?:[^{}]{0,40}\$\{[^{}]{0,40}\}[^{}]{0,40}|jndi|env|sys|lower|upper|\w{0,5}:)[^{}]{0,10}:/,
  operator:
    /\[\$(?:ne|eq|gte?|lte?|n?in|regex|where|exists|or|and)\]|^\$(?:ne|eq|gte?|lte?|n?in|regex|where|exists|or|and|expr|function)$|["']\$(?:ne|eq|gte?|lte?|n?in|regex|where|exists|or|and|expr|function)["']\s{0,5}:/,
  ldap: /\*\)\s{0,5}\(\s{0,5}[|&]?\s{0,5}\(?\w{1,30}\s{0,5}=|\)\s{0,5}\(\s{0,5}[|&]\s{0,5}\(/,
  xml: /<!doctype[^>]{0,200}\[|<!entity\b|<xi:include\b/,
  prototype: /\b__proto__\b|\bconstructor\b["'\]).[]{1,6}prototype\b/,
  header: /[\r\n](?:set-cookie|location|content-length|content-type|transfer-encoding|host)\s{0,5}:/,
  address: /\b169\.254\.169\.254\b|\bmetadata\.google\.internal\b|\b(?:gopher|dict|jar|php|expect|phar):\/\//,
  null: /\0|%00/,
} as const;

/** What a refused value looks like an attempt at. */
export type Probe = keyof typeof forms;

const kinds = Object.entries(forms) as readonly (readonly [Probe, RegExp])[];

/** Characters of the target, of a header field and of the body that are looked at, and texts of JSON. */
const most = { target: 2048, field: 512, body: 4096, texts: 200 };

/**
 * What the values of a request that was refused look like an attempt at: the kind, never a value. Undefined for every request that
 * the guard let through and the application could answer: nobody looks at what honest requests hold.
 */
export function probeOf(exchange: Exchange): Probe | undefined {
  const { verdict, observed, status, incoming, operation, body } = exchange;
  if (!isDoubtful(verdict) && observed?.some(isDoubtful) !== true && status !== 500) return undefined;
  const texts = [incoming.target.slice(0, most.target).replaceAll('+', ' '), ...fieldsOf(exchange, operation)];
  if (body !== undefined)
    texts.push(...textsOf(Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, most.body))));
  for (const text of texts) {
    const read = decoded(text);
    for (const [kind, form] of kinds) if (form.test(read)) return kind;
  }
  return undefined;
}

/** Refused for what it holds, or for where it goes. */
function isDoubtful(verdict: Verdict | undefined): boolean {
  if (verdict === undefined) return false;
  const { stage } = verdict;
  return stage === 'validate' || stage === 'route' || stage === 'frame' || stage === 'receive';
}

/** Documented header fields and cookies: others are no values of the API. */
function* fieldsOf({ incoming }: Exchange, operation: Operation | undefined): Generator<string> {
  for (const { in: place, name } of operation?.parameters ?? []) {
    const value = place === 'header' ? incoming.headers[name.toLowerCase()] : undefined;
    if (typeof value === 'string') yield value.slice(0, most.field);
    if (place === 'cookie' && incoming.headers.cookie !== undefined) yield incoming.headers.cookie.slice(0, most.field);
  }
}

/** The names and texts of JSON, each by itself: its quotes are not theirs. All of what is none. */
function textsOf(bytes: Buffer): readonly string[] {
  const text = bytes.toString();
  if (!/^\s*[[{]/.test(text)) return [text.replaceAll('+', ' ')];
  return (text.match(/"(?:[^"\\]|\\.)*"/gs) ?? []).slice(0, most.texts).map((quoted) => quoted.slice(1, -1));
}

/** As the application might read it: percent-encoding twice, escapes of JSON, lower case. What is no encoding stays. */
function decoded(text: string): string {
  let read = text;
  for (let times = 0; times < 2 && read.includes('%'); times++)
    read = read.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (read.includes('\\'))
    read = read
      .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replaceAll(/\\([nrt"/\\])/g, (_, sign: string) => escapes.get(sign) ?? sign);
  return read.toLowerCase();
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
