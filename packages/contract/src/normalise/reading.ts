import { CastellanError } from '../error.ts';
import type { Place } from '../error.ts';
import type {
  Dialect,
  Located,
  Location,
  NotedWarning,
  Parameter,
  Response,
  Schema,
  Server,
  Warning,
} from '../model.ts';
import { child, isObject } from '../load/pointer.ts';
import type { References } from '../schema/references.ts';
import { MadeOnce } from './made-once.ts';

/** Which grammar a document is read by. */
export type Version = '2.0' | '3.0' | '3.1' | '3.2';

/** What reading one document needs: its references, its places, and somewhere to note what was tolerated. */
export class Reading {
  readonly version: Version;
  readonly dialect: Dialect;
  readonly root: Located;
  readonly references: References;
  readonly place: (location: Location) => Place;
  readonly parameters = new MadeOnce<Parameter | undefined>();
  readonly servers = new MadeOnce<readonly Server[]>();
  readonly answers = new MadeOnce<Omit<Response, 'status'>>();
  readonly #warnings = new Map<string, Warning>();

  constructor(
    version: Version,
    dialect: Dialect,
    root: Located,
    references: References,
    place: (location: Location) => Place,
    warnings: readonly NotedWarning[] = [],
  ) {
    this.version = version;
    this.dialect = dialect;
    this.root = root;
    this.references = references;
    this.place = place;
    for (const { location, code, message, mend } of warnings) this.warn(location, code, message, mend);
  }

  get warnings(): Warning[] {
    return [...this.#warnings.values()];
  }

  /** Notes something tolerated; the same thing at the same place only once. */
  warn(location: Location, code: string, message: string, mend: string): void {
    const key = `${code} ${location.document}#${location.pointer} ${message}`;
    if (!this.#warnings.has(key)) this.#warnings.set(key, { code, message, fix: mend, mend, location });
  }

  error(location: Location, code: string, message: string, mend: string): CastellanError {
    return new CastellanError({ code, message, place: this.place(location), mend });
  }

  /**
   * The object that a node is or refers to. `description` and `summary` beside a 3.1 reference override the target's.
   * @throws CastellanError `unresolved-reference`, `reference-loop`
   */
  deref(node: Located): Located {
    if (!isObject(node.value) || typeof node.value['$ref'] !== 'string') return node;
    const target = this.resolve(node.location, node.value['$ref']);
    if (this.version === '2.0' || this.version === '3.0' || !isObject(target.value)) return target;
    const { summary, description } = node.value;
    if (typeof summary !== 'string' && typeof description !== 'string') return target;
    const value = { ...target.value };
    if (typeof summary === 'string') value['summary'] = summary;
    if (typeof description === 'string') value['description'] = description;
    return { location: target.location, value };
  }

  /** Follows a reference to its end; a failure names the place where the reference stands. */
  resolve(from: Location, ref: string): Located {
    return this.#named(from, () => this.references.resolve(from, ref));
  }

  /** Follows one reference, also where it leads to another one. */
  locate(from: Location, ref: string): Located {
    return this.#named(from, () => this.references.locate(from, ref));
  }

  #named(from: Location, follow: () => Located): Located {
    try {
      return follow();
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      const at = child({ location: from, value: undefined }, '$ref').location;
      throw new CastellanError({
        code: error.code,
        message: error.what,
        place: this.place(at),
        mend: error.mend,
        cause: error,
      });
    }
  }

  /** The schema at a node. What is not a schema refuses everything, with a warning: an unreadable rule is not no rule. */
  schema(node: Located): Schema | undefined {
    const { value, location } = node;
    if (value === undefined) return undefined;
    if (isObject(value) || (typeof value === 'boolean' && this.dialect === '2020-12'))
      return { location, dialect: this.dialect, raw: value };
    this.warn(
      location,
      'invalid-schema',
      'this is not a schema, so no value is accepted',
      'write a schema object, such as {}',
    );
    return { location, dialect: '2020-12', raw: false };
  }
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
