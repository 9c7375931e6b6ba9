import { CastellanError, type Place } from '@castellan/contract';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml';

/** A value inside of a YAML or JSON text, with its place. Members that do not exist are `undefined` values, not errors. */
export class YamlValue {
  readonly value: unknown;
  readonly #document: YamlText;
  readonly #path: readonly (string | number)[];

  constructor(document: YamlText, path: readonly (string | number)[], value: unknown) {
    this.#document = document;
    this.#path = path;
    this.value = value;
  }

  get place(): Place {
    return this.#document.place(this.#path);
  }

  /** RFC 6901 pointer from the root of the document. */
  get path(): readonly (string | number)[] {
    return this.#path;
  }

  /** An own member; never anything inherited. */
  get(...names: readonly (string | number)[]): YamlValue {
    let value: unknown = this.value;
    for (const name of names) {
      const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
      value = holds ? (value as Readonly<Record<string | number, unknown>>)[name] : undefined;
    }
    return new YamlValue(this.#document, [...this.#path, ...names], value);
  }

  /** The members of an object, in order; nothing for anything else. */
  *entries(): Generator<[string, YamlValue]> {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return;
    for (const name of Object.keys(this.value)) yield [name, this.get(name)];
  }

  /** The items of a list; nothing for anything else. */
  *items(): Generator<YamlValue> {
    if (!Array.isArray(this.value)) return;
    for (let index = 0; index < this.value.length; index++) yield this.get(index);
  }

  /** The value where it is a text or number, as text. */
  get text(): string | undefined {
    if (typeof this.value === 'string') return this.value;
    return typeof this.value === 'number' || typeof this.value === 'boolean' ? String(this.value) : undefined;
  }

  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }
}

/** One YAML document of a text. */
export class YamlText {
  readonly root: YamlValue;
  readonly #file: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(file: string, document: Document.Parsed, lines: LineCounter, value: unknown) {
    this.#file = file;
    this.#document = document;
    this.#lines = lines;
    this.root = new YamlValue(this, [], value);
  }

  /** The place of a member's key, or of its nearest parent that exists. */
  place(path: readonly (string | number)[]): Place {
    let node: unknown = this.#document.contents;
    let offset = (this.#document.contents as Node | null)?.range?.[0] ?? 0;
    for (const name of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(name));
        if (pair === undefined) break;
        offset = (pair.key as Node).range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(name)];
        const at = (node as Node | undefined)?.range?.[0];
        if (at === undefined) break;
        offset = at;
      } else break;
    }
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }
}

/** Most nesting of collections in a deployment file. */
const MAX_DEPTH = 100;

/**
 * Every document of a YAML (or JSON) text. Aliases are replaced up to a bound; unknown tags are read as their content.
 * @throws CastellanError `invalid-yaml` with line and column
 */
export function readYaml(file: string, text: string): YamlText[] {
  const lines = new LineCounter();
  if (nestsDeeper(text, MAX_DEPTH)) throw invalid({ file }, `nested more than ${MAX_DEPTH} levels deep`);
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true, logLevel: 'silent', prettyErrors: false });
  if (!Array.isArray(parsed)) return [];
  const documents: YamlText[] = [];
  for (const document of parsed as Document.Parsed[]) {
    const error = document.errors[0];
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw invalid({ file, line, column: col }, (error.message.split('\n')[0] ?? '').slice(0, 120));
    }
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (cause) {
      throw invalid({ file }, 'its aliases lead nowhere or stand for too much', cause);
    }
    if (value !== null && value !== undefined) documents.push(new YamlText(file, document, lines, value));
  }
  return documents;
}

/** A quick look before the parser recurses: brackets, and indentation steps, nested too deep. */
function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) {
      if (++depth > limit) return true;
    } else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--;
  }
  return /^(?:- ){100,}/m.test(text) || / {2000,}\S/.test(text);
}

function invalid(place: Place, why: string, cause?: unknown): CastellanError {
  return new CastellanError({
    code: 'invalid-yaml',
    message: `the file is not YAML: ${why}`,
    place,
    mend: 'correct it there',
    cause,
  });
}
