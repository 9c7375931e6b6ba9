import type { Contract, Location } from '@castellan/contract';
import { isRaw } from './constraint.ts';
import type { Raw } from './fields.ts';

/** Objects of fewer properties may be alike by chance. */
const FEWEST = 6;

/**
 * Tells which places of a document are copies of one another: tools that resolve all references write the object that ten
 * operations share ten times. What stands at the same place of the same object, word for word, has one root cause.
 * @returns a key that copies share; undefined for what is no property of such an object
 */
export function copiesOf(contract: Contract): (at: Location) => string | undefined {
  const numbers = new WeakMap<Raw, number>();
  const ids = new Map<string, number>();
  return ({ document, pointer }) => {
    if (!/^\/(?:paths|webhooks)\//.test(pointer)) return undefined;
    // The nearest object around it that is large enough to be known by its text.
    for (let end = pointer.lastIndexOf('/properties/'); end > 0; end = pointer.lastIndexOf('/properties/', end - 1)) {
      const owner = contract.at({ document, pointer: pointer.slice(0, end) });
      const properties: unknown = isRaw(owner) ? owner['properties'] : undefined;
      if (!isRaw(owner) || !isRaw(properties) || Object.keys(properties).length < FEWEST) continue;
      return `copy ${textOf(owner)}${pointer.slice(end)}`;
    }
    return undefined;
  };

  /** The same number for the same text. */
  function textOf(owner: Raw): number {
    let id = numbers.get(owner);
    if (id === undefined) {
      const written = JSON.stringify(owner);
      id = ids.get(written) ?? ids.size;
      ids.set(written, id);
      numbers.set(owner, id);
    }
    return id;
  }
}
