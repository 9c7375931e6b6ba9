// Which guide shows a word in use: the page that is about its topic, or else the first one whose code has it.
import { globSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');

/** Code of each guide: blocks, and what stands between backticks. */
const guides: ReadonlyMap<string, string> = new Map(
  globSync(['*.md', 'operations/*.md'], { cwd: docs })
    .sort()
    .map((page) => {
      const text = readFileSync(join(docs, page), 'utf8');
      return [page, [...text.matchAll(/^```[^]*?^```$|`[^`\n]+`/gm)].map(([code]) => code).join('\n')];
    }),
);

/** The guides of a topic, by the first word of a path, best first. */
const topics: Readonly<Record<string, readonly string[]>> = {
  authentication: ['authentication.md'],
  revocation: ['authentication.md'],
  issuer: ['authentication.md', 'providers.md'],
  keys: ['authentication.md'],
  users: ['authentication.md'],
  sessions: ['authentication.md'],
  certificates: ['authentication.md'],
  signatures: ['authentication.md'],
  verify: ['authentication.md'],
  whoami: ['authentication.md'],
  upstream: ['authentication.md'],
  limits: ['limits.md'],
  state: ['limits.md'],
  bans: ['limits.md'],
  audit: ['audit.md', 'guard.md'],
  forward: ['operations/README.md'],
  telemetry: ['operations/README.md'],
  detect: ['detection.md'],
  cors: ['guard.md'],
  problems: ['error-form.md'],
  learn: ['learn.md'],
  policies: ['policies.md', 'authorization.md'],
  entities: ['authorization.md'],
  filters: ['authorization.md'],
  links: ['policies.md'],
  sharing: ['authorization-cookbook.md'],
  registry: ['registry.md'],
  store: ['registry.md', 'inventory.md'],
  listen: ['gateway.md'],
  timeouts: ['gateway.md'],
  capacity: ['gateway.md'],
  context: ['gateway.md', 'authentication.md'],
  rateLimit: ['limits.md'],
  budget: ['limits.md'],
  page: ['limits.md'],
  flow: ['limits.md', 'authorization.md'],
  lifecycle: ['guard.md'],
  url: ['guard.md'],
};

/**
 * The guide that shows a word, as a page below docs; undefined where none does.
 * @param key a path of words: `limits.maxBody`; `*` is a name that the writer chooses
 */
export function guideOf(key: string): string | undefined {
  const words = key.split('.').filter((word) => word !== '*');
  const leaf = words.at(-1) ?? '';
  const pattern = new RegExp(String.raw`(?<![\w-])${leaf.replaceAll('$', String.raw`\$`)}(?![\w-])`);
  const has = (page: string): boolean => pattern.test(guides.get(page) ?? '');
  const [first = '', second = ''] = words;
  const preferred =
    topics[first === 'apis' || first === 'detect' ? (topics[second] === undefined ? first : second) : first];
  return preferred?.find(has) ?? [...guides.keys()].find(has);
}

/** A link from a page of the reference to a guide. */
export function linkTo(page: string): string {
  const name = page === 'operations/README.md' ? 'operations' : basename(page, '.md');
  return `[${name}](${relative('reference', page)})`;
}
