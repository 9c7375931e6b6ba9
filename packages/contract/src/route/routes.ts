import type { RouteMatch, Routes, UnreachableOperation } from '../compiled.ts';
import type { Contract, Operation, Server } from '../model.ts';
import { canonicalPath } from './canonical.ts';
import { parseTemplate, templateVariables, withRest, type Segment, type Template } from './template.ts';
import { Trie, type Leaf, type Walk } from './trie.ts';

export interface CompileRoutesOptions {
  /** Replaces the base paths of the contract's servers: `/v1`, or `''`. */
  readonly basePath?: string | undefined;
  /**
   * Whether what answers decodes a whole path before it looks for delimiters. Then a path whose decoded form is another
   * operation's matches nothing. Default false: a percent-encoded delimiter is part of the value (RFC 3986 section 2.2).
   */
  readonly decodesPath?: boolean | undefined;
}

const nothing: readonly string[] = Object.freeze([]);

/**
 * Builds the route table of a contract: every operation under each distinct base path of its servers.
 *
 * Paths are compared byte by byte: case and trailing slash count. A percent-encoded delimiter is part of a value. A path
 * that routers behind the guard would be known to read as another operation (they decode what is not reserved before they
 * compare, or ignore case) matches nothing, and so does a segment
 * that can be split between several variables in more than one way.
 *
 * @example
 * const target = canonicalPath('/v1/orders/7?expand=items');
 * const match = compileRoutes(contract).match('GET', target.path); // { operation, captures: ['7'] }
 */
export function compileRoutes(
  contract: Pick<Contract, 'operations' | 'servers'>,
  options: CompileRoutesOptions = {},
): Routes {
  return new RouteTable(contract, options);
}

class RouteTable implements Routes {
  readonly unreachable: readonly UnreachableOperation[];
  private readonly exact = new Map<string, Leaf>();
  private readonly matches = new Map<Operation, RouteMatch>();
  private readonly trie = new Trie();
  private readonly templates: Template[] = [];
  private readonly operations: readonly Operation[];
  private decodedTrie: Alternative | undefined;
  private foldedTrie: Alternative | undefined;
  private looseTrie: Trie | undefined;
  private matrix: boolean | undefined;
  /** `decodeURI` leaves encoded delimiters as they are. */
  private readonly decode: (text: string) => string;

  constructor(contract: Pick<Contract, 'operations' | 'servers'>, options: CompileRoutesOptions) {
    const unreachable: UnreachableOperation[] = [];
    const withSlashes: { readonly parsed: Template; readonly operation: Operation }[] = [];
    this.operations = contract.operations;
    this.decode = options.decodesPath === true ? decodeURIComponent : decodeURI;
    const common = basePaths(contract.servers, options.basePath);
    for (const operation of contract.operations) {
      const bases = operation.servers === undefined ? common : basePaths(operation.servers, options.basePath);
      for (const base of bases) {
        const path = base + (operation.path.startsWith('/') ? operation.path : `/${operation.path}`);
        const parsed = parseTemplate(path);
        const slashes = operation.parameters.some((one) => one.in === 'path' && one.castellan.slashes === 'allow');
        const template = slashes ? withRest(parsed) : parsed;
        const reason = unreachableBecause(path, base, template);
        if (reason !== undefined) unreachable.push({ operation, path, reason });
        else {
          this.add(template, operation);
          if (slashes) withSlashes.push({ parsed, operation });
        }
      }
    }
    // Another method of the same path may allow none: its leaf takes values without a slash, so it holds all methods.
    for (const { parsed, operation } of withSlashes) if (this.trie.has(parsed.segments)) this.add(parsed, operation);
    this.unreachable = unreachable;
  }

  get usesMatrix(): boolean {
    return (this.matrix ??= this.operations.some(
      (operation) =>
        operation.path.includes(';') || operation.parameters.some((parameter) => parameter.style === 'matrix'),
    ));
  }

  match(method: string, path: string): ReturnType<Routes['match']> {
    const leaf = this.exact.get(path);
    if (leaf !== undefined) {
      const operation = leaf.operations.get(method);
      return operation === undefined ? leaf.allow : this.matches.get(operation);
    }
    const walk = this.trie.find(path);
    if (walk === undefined) return undefined;
    const captures = slices(path, walk.offsets);
    if (walk.maybeCaseOnly && !this.sameIgnoringCase(path, walk.leaf)) return undefined;
    if (path.includes('%') && !this.sameDecoded(method, path, walk.leaf, captures)) return undefined;
    const operation = walk.leaf.operations.get(method);
    if (operation === undefined) return walk.leaf.allow;
    if (path.includes(';') && !matrixOnly(operation, captures)) return undefined;
    return { operation, captures };
  }

  resembles(path: string): boolean {
    const loosely = (text: string): string => decoded(decodeURIComponent, text).toLowerCase();
    this.looseTrie ??= this.looseRoutes(loosely);
    const segments = path.split('/').slice(1).map(loosely);
    while (segments.at(-1) === '') segments.pop();
    return this.looseTrie.find(`/${segments.join('/')}`) !== undefined;
  }

  private looseRoutes(read: (text: string) => string): Trie {
    const trie = new Trie();
    for (const { segments } of this.templates) {
      const last = segments.findLastIndex((segment) => segment.kind !== 'literal' || segment.text !== '');
      trie.leaf(segments.slice(0, last + 1).map((segment) => reread(segment, read)));
    }
    return trie;
  }

  private add(template: Template, operation: Operation): void {
    const leaf = this.trie.leaf(template.segments);
    if (!leaf.operations.has(operation.method)) leaf.operations.set(operation.method, operation);
    leaf.allow = Object.freeze({ allow: Object.freeze([...leaf.operations.keys()]) });
    this.templates.push(template);
    if (template.variables.length > 0) return;
    this.exact.set(
      `/${template.segments.map((segment) => (segment.kind === 'literal' ? segment.text : '')).join('/')}`,
      leaf,
    );
    if (!this.matches.has(operation)) this.matches.set(operation, Object.freeze({ operation, captures: nothing }));
  }

  /** Whether a router that decodes the path first (Fastify and Hono; nginx wholly) finds the same operation with the same values. */
  private sameDecoded(method: string, path: string, leaf: Leaf, captures: readonly string[]): boolean {
    const read = this.decode;
    this.decodedTrie ??= this.alternative((text) => decoded(read, text));
    const other = this.decodedTrie.find(decoded(read, path));
    if (other === undefined || !this.decodedTrie.finds(leaf, method, other.walk.leaf)) return false;
    return captures.every((capture, index) => decoded(read, capture) === other.captures[index]);
  }

  /** Whether a router that ignores case (Express as it comes) finds the same operation. */
  private sameIgnoringCase(path: string, leaf: Leaf): boolean {
    this.foldedTrie ??= this.alternative((text) => text.toLowerCase());
    const other = this.foldedTrie.find(path.toLowerCase());
    return other !== undefined && other.walk.leaf === this.foldedTrie.leafOf(leaf);
  }

  private alternative(read: (text: string) => string): Alternative {
    const trie = new Trie();
    const leaves = new Map<Leaf, Leaf>();
    for (const template of this.templates)
      leaves.set(
        this.trie.leaf(template.segments),
        trie.leaf(template.segments.map((segment) => reread(segment, read))),
      );
    return {
      find(path) {
        const walk = trie.find(path);
        return walk && { walk, captures: slices(path, walk.offsets) };
      },
      leafOf: (leaf) => leaves.get(leaf),
      finds(leaf, method, found) {
        if (found === leaves.get(leaf)) return true;
        // A slash that was encoded: the operation takes it, whatever the other methods of its path do.
        const operation = leaf.operations.get(method);
        const others = [...leaves].flatMap(([one, other]) => (other === found ? one : []));
        return (
          operation !== undefined &&
          others.length > 0 &&
          others.every(({ operations }) => operations.get(method) === operation)
        );
      },
    };
  }
}

/** The same templates, read as another kind of router reads them. Made when a path first raises the question. */
interface Alternative {
  find(path: string): { readonly walk: Walk; readonly captures: readonly string[] } | undefined;
  leafOf(leaf: Leaf): Leaf | undefined;
  /** Whether what was found is the same operation as that of a leaf. */
  finds(leaf: Leaf, method: string, found: Leaf): boolean;
}

function basePaths(servers: readonly Server[], basePath: string | undefined): readonly string[] {
  const bases = basePath === undefined ? servers.flatMap((server) => server.basePaths) : [basePath];
  const distinct = new Set(bases.map((base) => base.replace(/\/+$/, '')));
  return distinct.size === 0 ? [''] : [...distinct];
}

/** Why no request can ever be routed to a template. */
function unreachableBecause(path: string, base: string, template: Template): string | undefined {
  if (base.includes('{')) return 'the base path holds a variable without a value';
  if (/[?#]/.test(path.replaceAll(/\{[^}]*\}/g, ''))) return 'a path template cannot hold a query or a fragment';
  for (const segment of template.segments) {
    if (segment.kind === 'variable' && segment.literals.slice(1, -1).includes(''))
      return 'two variables stand side by side with nothing between them';
  }
  const sample = template.segments
    .map((segment) => (segment.kind === 'literal' ? segment.text : segment.literals.join('x')))
    .join('/');
  const target = canonicalPath(`/${sample}`, { allowSemicolon: true });
  return 'problem' in target ? `every path of this form is refused: ${target.reason}` : undefined;
}

function slices(path: string, offsets: readonly number[]): string[] {
  const captures: string[] = [];
  for (let index = 0; index < offsets.length; index += 2) captures.push(path.slice(offsets[index], offsets[index + 1]));
  return captures;
}

function reread(segment: Segment, read: (text: string) => string): Segment {
  return segment.kind === 'literal'
    ? { kind: 'literal', text: read(segment.text) }
    : { ...segment, literals: segment.literals.map(read) };
}

function decoded(read: (text: string) => string, text: string): string {
  if (!text.includes('%')) return text;
  try {
    return read(text);
  } catch {
    return text;
  }
}

/** `;` belongs to the value only where the parameter is documented with `style: matrix`. */
function matrixOnly(operation: Operation, captures: readonly string[]): boolean {
  const names = templateVariables(operation.path);
  return captures.every((capture, index) => {
    if (!capture.includes(';')) return true;
    return operation.parameters.some(
      (parameter) => parameter.in === 'path' && parameter.name === names[index] && parameter.style === 'matrix',
    );
  });
}
