import { walk } from '../load/walk.ts';

/**
 * Rewrites, in place, what 2.0's schemas say in their own way: `x-nullable`, a discriminator that is only a name, and
 * `type: file`. Everything else in them means the same in 3.0.
 */
export function modernise(document: unknown, fragment: boolean): void {
  walk(
    document,
    (object) => {
      if (object['x-nullable'] === true && object['nullable'] === undefined) write(object, 'nullable', true);
      if (typeof object['discriminator'] === 'string')
        write(object, 'discriminator', { propertyName: object['discriminator'] });
      if (object['type'] === 'file' && object['in'] === undefined) {
        write(object, 'type', 'string');
        write(object, 'format', 'binary');
      }
    },
    fragment,
  );
}

/** The document is the loader's own until it hands it out. */
function write(object: Readonly<Record<string, unknown>>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
