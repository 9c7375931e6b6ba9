import { canonicalPath } from '@castellan/contract';
import type { Answer } from '../answer.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import { problemsPage, problemsPath } from '../problems-page.ts';
import type { Ruling } from './ruling.ts';

/**
 * The operation that a request calls: its path must be written in the one canonical way, and the contract must have
 * the method on it. HEAD is answered by GET where HEAD is not documented (RFC 9110 section 9.3.2).
 */
export function route(core: GuardCore, exchange: Exchange): Refusal | undefined {
  const { incoming } = exchange;
  const observes = exchange.mode === 'observe';
  if (!observes && incoming.target === problemsPath && (incoming.method === 'GET' || incoming.method === 'HEAD')) {
    exchange.answer = problemsPage();
    return undefined;
  }
  const { resource } = core.authentication;
  if (!observes && incoming.target === resource?.path && (incoming.method === 'GET' || incoming.method === 'HEAD')) {
    const headers = { 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' };
    exchange.answer = { status: 200, headers, body: resource.body };
    return undefined;
  }
  const plain = canonicalPath(incoming.target);
  // Values of style matrix begin with `;`, which is refused everywhere else.
  const semicolon = 'problem' in plain && plain.reason === 'path-parameter' && core.routes.usesMatrix;
  const canonical = semicolon ? canonicalPath(incoming.target, { allowSemicolon: true }) : plain;
  if ('problem' in canonical) return { type: canonical.problem, reason: canonical.reason };
  exchange.path = canonical.path;
  exchange.query = canonical.query;

  const { method } = incoming;
  let found = core.routes.match(method, canonical.path);
  if (found === undefined && 'problem' in plain) return { type: plain.problem, reason: plain.reason };
  if (found === undefined) {
    exchange.outside = core.outside?.(method, canonical.path);
    return exchange.outside === undefined ? { type: 'not-found', reason: 'undocumented-path' } : undefined;
  }
  if ('allow' in found && method === 'HEAD' && found.allow.includes('GET')) {
    found = core.routes.match('GET', canonical.path);
    exchange.headOfGet = true;
  }
  if (found === undefined || 'allow' in found) {
    const allow = found === undefined ? [] : found.allow;
    // Nobody would know of it without Castellan; and without a policy of the guard's own, the application has one.
    if (method === 'OPTIONS' && (observes || (core.cors === undefined && isPreflight(exchange)))) {
      exchange.release = observes ? undefined : preflightRelease;
      return undefined;
    }
    if (method === 'OPTIONS') {
      exchange.answer = optionsAnswer(core, exchange, allowField(allow));
      return undefined;
    }
    return { type: 'method-not-allowed', reason: 'undocumented-method', headers: { allow: allowField(allow) } };
  }
  exchange.match = found;
  const plan = (exchange.plan = core.planOf(found.operation));
  const { endsAt, successor } = plan.lifecycle;
  if (exchange.now < endsAt) return undefined;
  return {
    type: 'retired',
    reason: 'retired',
    ...(successor === undefined ? {} : { detail: `Use ${successor} instead.` }),
  };
}

/** Fetch standard, section 'CORS-preflight fetch'. It has no body. */
function isPreflight({ fields }: Exchange): boolean {
  return (
    fields?.origin !== undefined &&
    fields.requestMethod !== undefined &&
    fields.transferEncoding === undefined &&
    (fields.contentLength ?? '0') === '0'
  );
}

/** A preflight is nobody's call of the operation: status and fields of the application's answer leave, never a body. */
const preflightRelease: Ruling = {
  head: () => 'check',
  body: () => ({ action: 'replace', body: '', contentType: undefined }),
  overLimit: () => ({ action: 'replace', body: '', contentType: undefined }),
};

/** OPTIONS where nobody documented it: the methods of the path, and the CORS answer to a preflight request. */
function optionsAnswer(core: GuardCore, exchange: Exchange, allow: string): Answer {
  const origin = exchange.fields?.origin;
  const cors =
    origin === undefined || exchange.fields?.requestMethod === undefined
      ? core.cors?.fields(undefined)
      : core.cors?.preflight(origin, allow);
  return { status: 204, headers: { allow, ...cors }, body: '' };
}

/** The `Allow` field: the documented methods, HEAD where GET is there, and OPTIONS, which the guard answers itself. */
function allowField(methods: readonly string[]): string {
  const all = new Set(methods);
  if (all.has('GET')) all.add('HEAD');
  all.add('OPTIONS');
  return [...all].join(', ');
}
