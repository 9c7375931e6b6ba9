import { escapeToken } from './pointer.ts';
import { walk } from './walk.ts';

/** A reference and the object that holds it first. */
export interface FoundReference {
  readonly ref: string;
  readonly pointer: string;
  /** False for a discriminator's mapping, which may also be a schema's name. */
  readonly firm: boolean;
}

/**
 * Every distinct reference of a document that counts when a request is decided, with the first place where it stands.
 * With `everyPlace`, each occurrence: where `$id` moves the base, the same text leads to different places.
 */
export function collectReferences(root: unknown, fragment: boolean, everyPlace = false): FoundReference[] {
  const found: FoundReference[] = [];
  const seen = new Set<string>();
  const add = (ref: string, pointer: string, firm: boolean): void => {
    if (!everyPlace && seen.has(ref)) return;
    seen.add(ref);
    found.push({ ref, pointer, firm });
  };
  walk(
    root,
    (object, pointer) => {
      for (const key of HELD) {
        const held = object[key];
        if (isReference(held)) add(held.$ref, `${pointer()}/${key}`, true);
      }
      if (typeof object['$ref'] === 'string') add(object['$ref'], pointer(), true);
      const mapping = mappingOf(object['discriminator']);
      if (mapping === undefined) return;
      for (const [name, target] of Object.entries(mapping)) {
        if (name !== '$ref' && typeof target === 'string' && /[#/]|\.(?:json|ya?ml)$/i.test(target))
          add(target, `${pointer()}/discriminator/mapping/${escapeToken(name)}`, false);
      }
    },
    fragment,
    // A `$ref` in place of a map of names stands for all of its members.
    (map, pointer) => {
      if (isReference(map)) add(map.$ref, pointer(), true);
    },
  );
  return found;
}

/** Members that are mostly data, and in whose place a reference may stand all the same. */
const HELD = ['info', 'tags', 'required', 'scopes', 'mapping'];

function isReference(value: unknown): value is { readonly $ref: string } {
  return typeof value === 'object' && value !== null && '$ref' in value && typeof value.$ref === 'string';
}

function mappingOf(discriminator: unknown): object | undefined {
  if (typeof discriminator !== 'object' || discriminator === null || !('mapping' in discriminator)) return undefined;
  return typeof discriminator.mapping === 'object' && discriminator.mapping !== null
    ? discriminator.mapping
    : undefined;
}
