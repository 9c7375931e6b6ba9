import { isHealth, wordsOf } from '@castellan/meaning';
import type { OperationRun } from './run.ts';
import type { Seen } from './seen.ts';

/** What answers beside the API: health checks, pages of documentation, files of a page. */
export interface OutsideProposal {
  /** As the option `outside` takes it: `GET /health`, `/docs/**`. */
  readonly entry: string;
  readonly seen: Seen;
}

/** First segments below which documentation and files of pages are served. */
const pages = new Set(
  'docs doc apidocs documentation swagger swaggerui redoc openapi scalar rapidoc explorer static assets public favicon'.split(
    ' ',
  ),
);
/** Names of single documents and files, whatever stands before them. */
const files =
  /^\/\.well-known\/[\w.-]+$|(?:^|\/)(?:favicon\.ico|robots\.txt|(?:openapi|swagger|api-docs)(?:[-.](?:json|ya?ml))?|[\w.-]+\.(?:html?|js|mjs|css|png|svg|ico|woff2?|map|webmanifest))$/i;
const machines = new Set('metrics prometheus version ping ready readiness liveness livez readyz healthz'.split(' '));

/**
 * Which operations that nobody documented are no part of the API by their names: those that only read, answered whoever asked without
 * a credential, and are a health check, documentation or a file of a page. Whoever runs the API says so with `outside`.
 */
export function outsideOf(runs: readonly OperationRun[]): {
  readonly proposals: readonly OutsideProposal[];
  readonly runs: ReadonlySet<OperationRun>;
} {
  const entries = new Map<string, { times: number; callers: number }>();
  const outside = new Set<OperationRun>();
  for (const run of runs) {
    const entry = entryOf(run);
    if (entry === undefined) continue;
    outside.add(run);
    const { times, callers } = run.accepted.seen;
    const known = entries.get(entry) ?? { times: 0, callers: 0 };
    entries.set(entry, { times: known.times + times, callers: Math.max(known.callers, callers) });
  }
  return { proposals: [...entries].map(([entry, seen]) => ({ entry, seen })), runs: outside };
}

function entryOf({ operation, method, path, accepted, anonymous }: OperationRun): string | undefined {
  if (operation !== undefined || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const { times } = accepted.seen;
  if (times === 0 || anonymous.times !== times) return undefined;
  const segments = path.split('/').slice(1);
  const at = segments.findIndex((segment) => pages.has(wordsOf(segment.replace(/\.\w+$/, '')).join('')));
  const head = segments.slice(0, at + 1);
  if (at >= 0 && at < 3 && !head.some((segment) => segment.includes('{')))
    // One document is itself; a page comes with what is below it.
    return segments.length === at + 1 && /\.\w+$/.test(segments[at] ?? '') ? `GET ${path}` : `/${head.join('/')}/**`;
  if (path.includes('{')) return undefined;
  const last = wordsOf(segments.at(-1) ?? '').join('');
  return isHealth({ method, path, operationId: '', operationIdDeclared: false }) ||
    machines.has(last) ||
    files.test(path)
    ? `GET ${path}`
    : undefined;
}
