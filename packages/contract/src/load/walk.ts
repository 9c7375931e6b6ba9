import { escapeToken } from './pointer.ts';

/** Keys whose members are named by the author: a property called `default` is a schema, not a default. */
export const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
  'schemas',
  'responses',
  'parameters',
  'requestBodies',
  'headers',
  'securitySchemes',
  'securityDefinitions',
  'callbacks',
  'pathItems',
  'mediaTypes',
  'paths',
  'webhooks',
  'content',
  'encoding',
  'variables',
  'additionalOperations',
]);

/** Keys under which stands data, or nothing that decides about a request. */
const DATA: ReadonlySet<string> = new Set([
  'example',
  'examples',
  'default',
  'enum',
  'const',
  'links',
  'security',
  'scopes',
  'required',
  'tags',
  'externalDocs',
  'mapping',
  'xml',
  'info',
]);

interface Frame {
  readonly value: object;
  readonly parent: Frame | undefined;
  readonly key: string;
  /** Its members are named by the author. */
  readonly map: boolean;
}

/** An object of a document that is not mere data, and its pointer when asked for. */
export type Visit = (object: Readonly<Record<string, unknown>>, pointer: () => string) => void;

/**
 * Visits every object of a document that OpenAPI or JSON Schema gives a meaning, without recursion and each once
 * (YAML aliases share them). Examples, defaults, enums and extensions are left out.
 * @param fragment whether the root may be a bare map of names, as in a file that others refer into
 * @param visitMap called for maps of names
 */
export function walk(root: unknown, visit: Visit, fragment = false, visitMap?: Visit): void {
  if (typeof root !== 'object' || root === null) return;
  const seen = new Set<object>();
  const stack: Frame[] = [{ value: root, parent: undefined, key: '', map: fragment }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const here = frame;
    if (seen.has(here.value)) continue;
    seen.add(here.value);
    const first = stack.length;
    if (Array.isArray(here.value)) {
      for (let i = 0; i < here.value.length; i++) push(stack, here, String(i), here.value[i], false);
    } else {
      const object = here.value as Readonly<Record<string, unknown>>;
      if (!here.map || here.parent === undefined) visit(object, () => pointerOf(here));
      else visitMap?.(object, () => pointerOf(here));
      for (const key of Object.keys(object)) {
        if (!here.map && DATA.has(key)) continue;
        if (key.startsWith('x-') && !here.map) continue;
        push(stack, here, key, object[key], (!here.map || here.parent === undefined) && MAPS.has(key));
      }
    }
    // Document order: the first member is visited first.
    reverse(stack, first);
  }
}

function push(stack: Frame[], parent: Frame, key: string, value: unknown, map: boolean): void {
  if (typeof value === 'object' && value !== null)
    stack.push({ value, parent, key, map: map && !Array.isArray(value) });
}

function reverse(stack: Frame[], from: number): void {
  for (let low = from, high = stack.length - 1; low < high; low++, high--) {
    const a = stack[low];
    const b = stack[high];
    if (a && b) [stack[low], stack[high]] = [b, a];
  }
}

function pointerOf(frame: Frame): string {
  const tokens: string[] = [];
  for (let at: Frame | undefined = frame; at?.parent !== undefined; at = at.parent) tokens.push(escapeToken(at.key));
  return tokens
    .reverse()
    .map((token) => `/${token}`)
    .join('');
}
