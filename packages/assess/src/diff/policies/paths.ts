import { nodeOf, type Expression } from '@castellan/policy';
import { within } from './formula.ts';

/** A Cedar type in the schema's JSON form, as far as values are made of it. */
export interface CedarType {
  readonly type: string;
  readonly name?: string;
  readonly element?: CedarType;
  readonly attributes?: Readonly<Record<string, CedarType & { readonly required?: boolean }>>;
}

/** An action of the schema's JSON form. */
export interface ActionJson {
  readonly memberOf?: readonly { readonly id: string }[];
  readonly appliesTo?: {
    readonly principalTypes: readonly string[];
    readonly resourceTypes: readonly string[];
    readonly context?: CedarType;
  };
}

/** What of the schema's JSON form questions are made of. */
export interface Namespace {
  readonly entityTypes: Readonly<Record<string, { readonly shape?: CedarType; readonly tags?: CedarType }>>;
  readonly actions: Readonly<Record<string, ActionJson>>;
}

/** A place in a question that a value is put at. */
export interface Path {
  /** `resource.approval.at`; `resource^` for what it belongs to, `resource#colour` for a tag. */
  readonly key: string;
  readonly kind: 'value' | 'parents' | 'tag';
  /** The place that holds it; undefined for the principal, the resource and the context. */
  readonly of: string | undefined;
  readonly name: string;
}

/** The places that a comparison looks at, outer ones first. */
export function pathsIn(expression: Expression): Path[] {
  const found = new Map<string, Path>();
  const note = (path: Path): string => {
    if (!found.has(path.key)) found.set(path.key, path);
    return path.key;
  };
  const attribute = (of: string, name: string): string => note({ key: `${of}.${name}`, kind: 'value', of, name });
  const at = (value: Expression): string | undefined => {
    const node = nodeOf(value);
    if (node.op === 'var')
      return node.name === 'action'
        ? undefined
        : note({ key: node.name, kind: 'value', of: undefined, name: node.name });
    if (node.op === '.') {
      const of = at(node.left);
      return of === undefined ? undefined : attribute(of, node.attr);
    }
    if (node.op === 'getTag' || node.op === 'hasTag') {
      const of = at(node.left);
      const tag = nodeOf(node.right);
      if (of === undefined || tag.op !== 'value' || typeof tag.value !== 'string') return undefined;
      return note({ key: `${of}#${tag.value}`, kind: 'tag', of, name: tag.value });
    }
    return undefined;
  };
  for (const one of within(expression)) {
    const node = nodeOf(one);
    if (node.op === 'has') {
      let of = at(node.left);
      for (const name of node.path) if (of !== undefined) of = attribute(of, name);
    } else if (node.op === 'in') {
      const of = at(node.left);
      if (of !== undefined) note({ key: `${of}^`, kind: 'parents', of, name: '' });
    } else at(one);
  }
  return [...found.values()];
}
