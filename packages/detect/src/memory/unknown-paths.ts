import type { Facts, IdHash } from '@castellan/guard';
import { scannerNames } from './scanner-names.ts';

/** Segments that are no name: keyed hashes, numbers, identifiers. */
const value = /^(?:\{.*\}|\d+|[0-9a-f]{8,}|[0-9a-f-]{36}|(?=[^/]*[A-Z0-9])[A-Za-z0-9_-]{16,})$/;

/** What scanners ask every server for. */
const scanned =
  /\.(?:env|git|svn|hg|aws|ssh|htaccess|htpasswd|bak|old|sql|swp|tar|tgz|zip|gz|php\d?|asp|aspx|jsp|cgi|cfm|ini|ds_store)\b|(?:^|\/)(?:wp-|wordpress|xmlrpc|phpmyadmin|pma|phpinfo|cgi-bin|actuator|jolokia|jmx|heapdump|server-status|server-info|solr|jenkins|manager\/html|console|debug|trace|backup|dump|shell|cmd|adminer|druid|swagger|api-docs|graphiql|telescope|_profiler|owa|autodiscover|boaform|hnap1|setup|install|config|\.well-known\/\.\.|etc\/passwd)|\.\.[/\\]|%2e%2e|admin/i;

/** Paths that honest clients ask for although no API has them. */
const usual =
  /^\/(?:favicon\.ico|robots\.txt|apple-touch-icon[^/]*\.png|sitemap\.xml|ads\.txt|health[a-z]*|ping|ready|\.well-known\/[\w-]+)?$/i;

const maxKnown = 20_000;

/** What was asked for that is not documented: which of it many ask for (a client that is wrong), and which only who is looking. */
export class UnknownPaths {
  readonly #callers = new Map<string, number>();
  /** As facts have them: names that nobody gave an API are keyed hashes there. */
  readonly #hashed: ReadonlySet<string>;
  readonly #honey: readonly {
    readonly path: string;
    readonly segments: readonly (readonly [name: string, hashed: string])[];
  }[];

  /** @param hash by which facts name segments of paths */
  constructor(honey: readonly string[], hash: IdHash) {
    const hashed = (segment: string): string => `{${hash('path', segment)}}`;
    this.#hashed = new Set(scannerNames.map(hashed));
    this.#honey = honey.map((path) => ({
      path,
      segments: path.split('/').map((name) => [name.toLowerCase(), hashed(name)] as const),
    }));
  }

  /**
   * A text for what was asked, equal for all values in it. What stands at the beginning, or after what is no name, is no value: it
   * is a name that nobody would give an API.
   */
  static keyOf({ method, template }: Facts): string {
    const segments = template.split('/');
    const path = segments.map((segment, at) => (at > 1 && value.test(segment) ? '*' : segment)).join('/');
    return `${method} ${path}`;
  }

  /**
   * How much asking for it means: nothing where callers that are known from other days ask for it as well, most where it is
   * what scanners look for.
   */
  weight({ template, status }: Facts, key: string): number {
    if (usual.test(template)) return 0;
    if ((this.#callers.get(key) ?? 0) >= 3) return 0;
    // What answers all the same is no miss.
    if (status < 400) return 0.5;
    return scanned.test(template) || template.split('/').some((segment) => this.#hashed.has(segment)) ? 2 : 1;
  }

  /** The honey path that was asked for, as it was written; undefined where none was. */
  honeyOf({ template }: Facts): string | undefined {
    if (this.#honey.length === 0) return undefined;
    const segments = template.split('/');
    return this.#honey.find(
      ({ segments: path }) =>
        path.length === segments.length &&
        path.every(([name, hashed], at) => segments[at] === hashed || segments[at]?.toLowerCase() === name),
    )?.path;
  }

  /** Counts a caller that is known from other days. */
  count(key: string): void {
    if (this.#callers.size > maxKnown) this.#callers.clear();
    this.#callers.set(key, (this.#callers.get(key) ?? 0) + 1);
  }
}
