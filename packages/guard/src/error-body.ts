import type { GuardCore } from './core.ts';
import type { Exchange } from './exchange.ts';
import { STATUS_CODES } from './node/http.ts';
import type { Released } from './stages/release.ts';

/** What frameworks, databases and runtimes print when they fail; none of it belongs into an answer (API8:2023). */
const internals = new RegExp(
  [
    // A frame of JavaScript, Java or .NET on a line of its own.
    /\n[ \t]+at .+[:(]\d+/,
    /\n[ \t]+at [\w.$<>]+\(/,
    /file:\/\/\/\S+:\d+/,
    /\.(?:ts|tsx|js|jsx|mjs|cjs|mts|py|rb|java|kt|scala|go|rs|ex|cs|php|cpp):(?:line )?\d+/,
    /\.php\(\d+\)|\.php on line \d+|File "{1,2}[^"\n]{1,500}"{1,2}, line \d+/,
    /Traceback \(most recent call last\)|goroutine \d+ \[|panicked at /,
    /SQLSTATE|ORA-\d{5}|SequelizeDatabaseError|PrismaClient\w+Error|syntax error at or near/,
    /node_modules[\\/]|java\.lang\.|System\.[A-Z]\w+Exception/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** Bytes of an error body that are looked at. */
const looked = 1024 * 1024;

/** How formats write the line ends and spaces that traces have: JSON text, HTML and XML. */
const written: readonly (readonly [RegExp, string])[] = [
  [/\\n|<br ?\/?>|&#(?:10|x0*a);/gi, '\n'],
  [/\\t|&nbsp;|&#(?:9|32|160|x0*(?:9|20|a0));|\u00a0/gi, ' '],
  [/\\u002f|\\\/|&#(?:47|x2f);/gi, '/'],
  [/&quot;|\\"|&#(?:34|x22);/gi, '"'],
  // UTF-16.
  [/\0/g, ''],
];

/** Whether an error body shows the inside of the application, whatever its media type. Looks at the first MiB. */
export function leaksInternals(body: string | Uint8Array): boolean {
  const text =
    typeof body === 'string'
      ? body.slice(0, looked)
      : Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, looked)).toString('utf8');
  return internals.test(written.reduce((plain, [form, meant]) => plain.replaceAll(form, meant), text));
}

/**
 * An error answer with the same status and nothing in it but the request id, in the form of all problems.
 * @param why for the event
 */
export function sanitised(core: GuardCore, exchange: Exchange, status: number, why: string): Released {
  exchange.change('error-replaced', [why]);
  const { headers, body } = core.problems(exchange, {
    type: 'about:blank',
    uri: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: undefined,
    requestId: exchange.id,
    errors: undefined,
  });
  return { action: 'replace', body, contentType: headers['content-type'] };
}
