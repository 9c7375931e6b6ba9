import type { Exchange } from './exchange.ts';
import { STATUS_CODES } from './node/http.ts';
import type { Released } from './stages/release.ts';

/** What frameworks, databases and runtimes print when they fail; none of it belongs into an answer (API8:2023). */
const internals =
  /\n[ \t]+at .+[:(]\d+|Traceback \(most recent call last\)|\.(?:ts|js|mjs|cjs|py|rb|java|go|cs|php):\d+|SQLSTATE|ORA-\d{5}|SequelizeDatabaseError|syntax error at or near|node_modules[\\/]|java\.lang\.|System\.[A-Z]\w+Exception/;

/** Whether an error body shows the inside of the application. Looks at the first 64 KiB. */
export function leaksInternals(body: string | Uint8Array): boolean {
  const text =
    typeof body === 'string'
      ? body.slice(0, 65_536)
      : Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 65_536)).toString('utf8');
  // In JSON text, line ends stand as \n.
  return internals.test(text.replaceAll('\\n', '\n'));
}

/**
 * An error answer with the same status and nothing in it but the request id.
 * @param why for the event
 */
export function sanitised(exchange: Exchange, status: number, why: string): Released {
  exchange.change('error-replaced', [why]);
  const body = JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    requestId: exchange.id,
  });
  return { action: 'replace', body, contentType: 'application/problem+json' };
}
