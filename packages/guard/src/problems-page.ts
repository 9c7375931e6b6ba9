import type { Answer } from './answer.ts';
import { problems } from './problem.ts';

/** Where a guarded API documents its problem types, so that the `type` of every problem resolves (RFC 9457 section 3.1.1). */
export const problemsPath = '/.well-known/castellan/problems';

/** What a caller can do about each problem. */
export const problemFixes: Readonly<Record<keyof typeof problems, string>> = {
  'malformed-request':
    'Send one well-formed HTTP message: no repeated single-value header fields, one way of telling the length of the body.',
  'uri-too-long': 'Shorten the path or the query.',
  'headers-too-large': 'Send fewer or shorter header fields.',
  'too-large': 'Send a smaller body.',
  'ambiguous-path':
    'Write the path in its plain form: no dot segments, no empty segments, no encoded slashes, no double encoding.',
  'not-found':
    'Check the path against the API documentation. An object that you may not see looks the same as one that is not there.',
  'method-not-allowed': 'Use one of the methods in the Allow header field.',
  retired: 'Use the successor named in the detail.',
  'rate-limited': 'Wait for the number of seconds in Retry-After.',
  unauthenticated: 'Send a valid credential as the WWW-Authenticate header field asks.',
  'insufficient-scope': 'Ask for a credential with the scope that the operation needs.',
  'invalid-request': 'Change what the errors list names: each entry has the place, the rule and the fix.',
  'unsupported-media-type': 'Send one of the documented media types.',
  forbidden: 'Your credential is good, but it does not permit this.',
  'bad-gateway': 'The server behind this one gave no usable answer. Try again later.',
  timeout: 'The server behind this one took too long. Try again later.',
  unavailable:
    'Something that is needed to decide is out of reach. Try again after the number of seconds in Retry-After.',
  'response-withheld': "The answer did not match the contract and was not sent. Tell the API's owner the request id.",
  'budget-exhausted':
    'This credential has read as much data as it may in this period. Wait for the number of seconds in Retry-After.',
  'internal-error': "The request could not be handled. Tell the API's owner the request id.",
};

let page: Answer | undefined;

/** The page itself: static, without script, the same for every caller. */
export function problemsPage(): Answer {
  if (page !== undefined) return page;
  const sections = Object.entries(problems).map(
    ([type, { status, title }]) =>
      `<h2 id="${type}">${type} (${status})</h2><p>${title}.</p><p>${problemFixes[type as keyof typeof problems]}</p>`,
  );
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Problem types</title><h1>Problem types</h1>${sections.join('')}</html>`;
  page = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
  return page;
}
