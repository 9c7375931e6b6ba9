// Mutations of method and target: what servers, routers and proxies are known to read in more than one way.
import type { Message, Mutation } from './message.ts';
import type { Random } from './random.ts';

/** Puts text at a random place in the path, or after one of its slashes. */
function insert(message: Message, random: Random, text: string): void {
  const { path } = message;
  const slashes = [...path.matchAll(/\//g)].map((match) => match.index + 1);
  const at = slashes.length > 0 && random.once(2) ? random.pick(slashes) : random.below(path.length + 1);
  message.path = path.slice(0, at) + text + path.slice(at);
}

const inserted = [
  './',
  '../',
  '..;/',
  ';',
  ';x=y',
  ';/',
  '/',
  '//',
  '\\',
  '%2f',
  '%2F',
  '%2e%2e/',
  '%2e',
  '.%2e/',
  '%5c',
  '%5C..%5C',
  '%252f',
  '%252e%252e%252f',
  '%00',
  '%0a',
  '%0d%0a',
  '%09',
  '%20',
  '%7f',
  '%c0%af',
  '%c0%ae',
  '%e0%80%af',
  '%ed%a0%80',
  '%ff',
  '%u002f',
  '%',
  '%4',
  '%zz',
  '%23',
  '%3f',
  '%3F',
  '%25',
  '%2541',
  '+',
  '%2B',
  '[',
  '{',
  '|',
  '^',
  '`',
  "'",
  ':',
  '@',
  '*',
  '~',
  '.json',
  'x',
  '%E2%80%AE',
  '%EF%BC%8F',
  '%CC%88',
];

/** Refused by every parser: sent now and then. */
const raw = ['\u00e4', '\u00ff', '\u0000', '\t', ' ', '#', '#x', '"', '<', '\u007f'];

const methods = [
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'QUERY',
  'PURGE',
  'M-SEARCH',
  'PROPFIND',
  'LINK',
];
const badMethods = ['get', 'Get', 'GETT', 'G ET', 'CONNECT', 'PRI', ''];

const queries = [
  '&limit=5',
  '&limit=6&limit=7',
  '&limit[]=1',
  '&limit[0]=1',
  '&limit%5B%5D=1',
  '&limit%00=1',
  '&limit=1%00',
  '&limit=%31',
  '&lim%69t=3',
  '&Limit=1',
  '&limit=+1',
  '&limit=1e1',
  '&limit=0x10',
  '&limit=01',
  '&limit=1.0',
  '&limit=',
  '&limit',
  '&=1',
  '&&',
  '&',
  '=',
  ';limit=1',
  '&q=a;b',
  '&q=%ff',
  '&q=%',
  '&q=%zz',
  '&q=%u0041',
  '&q=%ED%A0%80',
  '&q=%EF%BB%BFa',
  '&q=a%2526',
  '&q=a=b',
  '&q=a?b',
  '&q=?',
  '&q=#x',
  '&q=[',
  '&q=a+b%2Bc',
  '&exact=TRUE',
  '&exact=1',
  '&exact=on',
  '&exact',
  '&tag=a&tag=b',
  '&tag[]=a&tag[]=b',
  '&tag[1]=a',
  '&tag=a,b',
  '&tag.0=a',
  '&ids=a,b,c',
  '&ids=a%2Cb',
  '&ids=a&ids=b',
  '&ids=',
  '&ids=,',
  '&filter[status]=a&filter[status]=b',
  '&filter[status][x]=a',
  '&filter[status=a',
  '&filter]status[=a',
  '&filter=x',
  '&filter.status=a',
  '&filter[]=a',
  '&filter[__proto__]=a',
  '&filter%5bstatus%5d=a',
  '&filter%255Bstatus%255D=a',
  '&__proto__=1',
  '&__proto__[limit]=1',
  '&constructor[prototype][limit]=1',
  '&_method=DELETE',
  '&hasOwnProperty=1',
  '&toString=1',
  '?limit=3',
  '&q=\\',
  '&q="',
  '&q=<b>',
  '&q=a%0D%0Ab',
];

const escape = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

export const targetMutations: readonly Mutation[] = [
  (message, random) => insert(message, random, random.pick(inserted)),
  (message, random) => insert(message, random, random.pick(random.once(12) ? raw : inserted)),
  (message, random) => {
    message.query += random.pick(queries);
  },
  (message, random) => {
    message.query += random.pick(queries);
  },
  (message, random) => {
    message.query = (message.query + random.pick(queries)).replace(/^&/, '');
  },
  (message, random) => {
    message.method = random.pick(random.once(6) ? badMethods : methods);
  },
  // Another case.
  (message, random) => {
    const at = random.below(message.path.length);
    const character = message.path.charAt(at);
    message.path = `${message.path.slice(0, at)}${random.once(2) ? character.toUpperCase() : escape(character)}${message.path.slice(at + 1)}`;
  },
  (message) => {
    message.path = message.path.toUpperCase();
  },
  (message, random) => {
    message.path += random.pick(['/', '//', '/.', '/..', '/;', '?', '%2f', '%20', '.', '..', '%00', '/*']);
  },
  // Other forms of the target (RFC 9112 section 3.2).
  (message, random) => {
    message.path = random.pick([
      `http://api.example.com${message.path}`,
      `https://evil.example${message.path}`,
      `http://api.example.com:80${message.path}`,
      `HTTP://api.example.com${message.path}`,
      `http://user@api.example.com${message.path}`,
      `//evil.example${message.path}`,
      `///${message.path}`,
      `/\\evil.example${message.path}`,
      message.path.slice(1),
      'api.example.com:80',
      '*',
      `/http://api.example.com${message.path}`,
      `file://${message.path}`,
      '',
    ]);
  },
  // A segment taken away, or twice.
  (message, random) => {
    const parts = message.path.split('/');
    const at = random.below(parts.length);
    if (random.once(2)) parts.splice(at, 1);
    else parts.splice(at, 0, parts[at] ?? '');
    message.path = parts.join('/');
  },
];
