import type { Operation, Parameter } from '../model.ts';
import type { SchemaSource } from '../schema/index.ts';
import { Brackets, bracketPath } from './brackets.ts';
import { percentDecoded } from './percent.ts';
import { pointerToken, Refused } from './refused.ts';
import { addProperty, appended } from './repeated.ts';
import { propertySchema, shapeOf, type Shape } from './shape.ts';
import { nearestName } from './suggest.ts';
import { kindsOf, type Received, type Report } from './value.ts';

/** What is collected for one parameter before it is read. */
export type Slot = Received | Brackets | undefined;

export interface QueryLimits {
  /** Pairs of name and value. */
  readonly maxParameters: number;
  /** UTF-16 units of one encoded value. */
  readonly maxLength: number;
  readonly unknown: 'refuse' | 'ignore';
  readonly ignored?: ((name: string) => void) | undefined;
}

/** Where the value of a name goes. */
interface Target {
  readonly name: string;
  readonly slot: number;
  /** The name is a property of an exploded object; elsewhere the parameter itself. */
  readonly property: boolean;
}

/** Sorts the pairs of a query string to the parameters of one operation. */
export interface QueryReader {
  read(query: string, slots: Slot[], report: Report): void;
}

const skipped = -1;

/**
 * Compiles the reading of `application/x-www-form-urlencoded` pairs for the given parameters.
 *
 * `&` separates, the first `=` ends the name, `+` is a space. A name that is not documented is refused: what nobody
 * documented is exactly what parameter pollution and bracket syntax (`limit[$gt]=1`) are made of.
 *
 * @param place what the pairs are called in issues: `/query`
 * @param tolerated names that are known and not read
 * @param restSlot collects all other names without brackets
 */
export function compileQuery(
  source: SchemaSource,
  parameters: readonly Parameter[],
  place: string,
  limits: QueryLimits,
  tolerated: readonly string[] = [],
  restSlot?: number,
): QueryReader {
  const names = new Map<string, Target>();
  const brackets = new Map<string, { readonly slot: number; readonly isList: (path: readonly string[]) => boolean }>();
  let rest = restSlot;
  const shapes: Shape[] = [];
  for (const [slot, parameter] of parameters.entries()) {
    const shape = shapeOf(source, parameter.schema);
    shapes.push(shape);
    if (parameter.style === 'deepObject') brackets.set(parameter.name, { slot, isList: listTest(source, shape) });
    else if (!spreads(parameter, shape)) names.set(parameter.name, { name: parameter.name, slot, property: false });
  }
  for (const [slot, parameter] of parameters.entries()) {
    const shape = shapes[slot];
    if (shape === undefined || !spreads(parameter, shape)) continue;
    for (const name of shape.properties.keys()) if (!names.has(name)) names.set(name, { name, slot, property: true });
    if (shape.additional !== false) rest ??= slot;
  }
  for (const name of tolerated) if (!names.has(name)) names.set(name, { name, slot: skipped, property: false });
  const byLength: (Target[] | undefined)[] = [];
  for (const target of names.values()) (byLength[target.name.length] ??= []).push(target);
  const blurred = new Set([...names.keys(), ...brackets.keys()].map(blur));

  function add(target: Target, value: string, slots: Slot[]): void {
    if (target.slot === skipped) return;
    if (target.property) addProperty(slots, target.slot, target.name, value);
    else slots[target.slot] = appended(slots[target.slot], value);
  }

  /** Names that are no parameter's own: bracketed, free properties of an exploded object, or undocumented. */
  function other(name: string, value: string, slots: Slot[], report: Report): void {
    const open = name.indexOf('[');
    const deep = open > 0 ? brackets.get(name.slice(0, open)) : undefined;
    if (deep !== undefined) {
      const path = bracketPath(name, open);
      const known = slots[deep.slot];
      const tree = known instanceof Brackets ? known : new Brackets(deep.isList);
      slots[deep.slot] = tree;
      const refused = path instanceof Refused ? path : tree.add(path, value);
      if (refused !== undefined) report(refused.issue(`${place}/${pointerToken(name)}`));
      return;
    }
    if (rest !== undefined && name !== '__proto__' && !/[[\]]/.test(name)) {
      add({ name, slot: rest, property: true }, value, slots);
      return;
    }
    if (limits.unknown === 'ignore' && !blurred.has(blur(name))) return limits.ignored?.(name);
    report(
      undocumented(name, [...names.keys(), ...[...brackets.keys()].map((known) => `${known}[…]`)]).issue(
        `${place}/${pointerToken(name)}`,
      ),
    );
  }

  function find(query: string, start: number, end: number): Target | undefined {
    const candidates = byLength[end - start];
    if (candidates === undefined) return undefined;
    if (candidates.length > few) return names.get(query.slice(start, end));
    for (const target of candidates) if (query.startsWith(target.name, start)) return target;
    return undefined;
  }

  return {
    read(query, slots, report) {
      const length = query.length;
      let count = 0;
      for (let start = 0; start < length;) {
        let equals = -1;
        let nameEncoded = false;
        let valueEncoded = false;
        let at = start;
        for (; at < length; at++) {
          const code = query.charCodeAt(at);
          if (code > 0x3d) continue;
          if (code === 0x26) break;
          if (code === 0x3d) {
            if (equals === -1) equals = at;
          } else if (code === 0x25 || code === 0x2b) {
            if (equals === -1) nameEncoded = true;
            else valueEncoded = true;
          }
        }
        const nameEnd = equals === -1 ? at : equals;
        if (at > start) {
          if (++count > limits.maxParameters) {
            report(tooMany.issue(place));
            return;
          }
          const target = nameEncoded ? undefined : find(query, start, nameEnd);
          const name =
            target !== undefined
              ? target.name
              : nameEncoded
                ? percentDecoded(query.slice(start, nameEnd), true)
                : query.slice(start, nameEnd);
          const text = equals === -1 ? '' : query.slice(equals + 1, at);
          const value = valueEncoded ? percentDecoded(text, true) : text;
          if (name instanceof Refused) report(name.issue(place));
          else if (text.length > limits.maxLength) report(tooLong.issue(`${place}/${pointerToken(name)}`));
          else if (value instanceof Refused) report(value.issue(`${place}/${pointerToken(name)}`));
          else {
            const known = target ?? names.get(name);
            if (known === undefined) other(name, value, slots, report);
            else add(known, value, slots);
          }
        }
        start = at + 1;
      }
    },
  };
}

/** Names of one length that are compared one by one: up to here that is quicker than a copy of the name. */
const few = 8;

const tooMany = new Refused('too-many-parameters', 'has more parameters than are accepted', 'send fewer');
const tooLong = new Refused('too-long', 'is longer than is accepted', 'send a shorter value');

/** The names of API keys that travel in the query: read by authentication, not by anything here. */
export function credentialNames(operation: Operation): readonly string[] {
  return operation.security.flatMap(({ schemes }) =>
    schemes.flatMap(({ scheme }) => (scheme.type === 'apiKey' && scheme.in === 'query' ? [scheme.key] : [])),
  );
}

/** `style: form, explode: true` objects: each property is a name of its own. */
function spreads(parameter: Parameter, shape: Shape): boolean {
  if (parameter.content !== undefined || !parameter.explode || parameter.style === 'deepObject') return false;
  const kinds = kindsOf(shape);
  // Null has no notation of its own here.
  return kinds.at(-1) === 'object' && (kinds.length === 1 || (kinds.length === 2 && isOnlyNull(shape)));
}

/** Whether the only plain value of a shape is null. */
function isOnlyNull({ types }: Shape): boolean {
  return (
    types?.has('null') === true &&
    !['string', 'number', 'integer', 'boolean'].some((type) => types.has(type as 'string'))
  );
}

/** Whether a list stands at a path below a parameter. */
function listTest(source: SchemaSource, shape: Shape): (path: readonly string[]) => boolean {
  return (path) => {
    let current = shape;
    for (const part of path) {
      const next = isList(current)
        ? (current.prefixItems[Number(part)] ?? current.items)
        : propertySchema(current, part);
      if (next === undefined || next === 'text') return false;
      current = shapeOf(source, next);
    }
    return isList(current);
  };
}

function isList(shape: Shape): boolean {
  return shape.types?.has('array') === true && !shape.types.has('object');
}

/** What remains of a name where brackets and case do not count: other parsers may take it for a documented one. */
function blur(name: string): string {
  return (/[^[\]]+/.exec(name)?.[0] ?? '').trim().toLowerCase();
}

function undocumented(name: string, known: readonly string[]): Refused {
  const nearest = nearestName(name, known);
  const mend = nearest === undefined ? 'leave it out, or document it' : `write ${nearest}, if that is what is meant`;
  return new Refused('undocumented-parameter', 'is not a documented parameter', mend);
}
