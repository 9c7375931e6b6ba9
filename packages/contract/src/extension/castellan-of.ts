import { CastellanError } from '../error.ts';
import { member } from '../load/pointer.ts';
import type { CastellanSchema } from '../model.ts';
import { schema } from './vocabulary.ts';

const nothing: CastellanSchema = Object.freeze({});
const read = new WeakMap<object, CastellanSchema>();

/**
 * `x-castellan` of a schema or property, parsed once; empty where it has none. References are not followed: `raw` is the
 * object that the extension stands on. In a loaded contract it was checked already.
 * @throws CastellanError `invalid-extension`, `unknown-extension-key` for a schema that did not come through `loadContract`
 */
export function castellanOf(raw: unknown): CastellanSchema {
  if (typeof raw !== 'object' || raw === null) return nothing;
  const value = member(raw, 'x-castellan');
  if (value === undefined) return nothing;
  let parsed = read.get(raw);
  if (parsed === undefined) {
    parsed = schema.read(
      { location: { document: '', pointer: '/x-castellan' }, value },
      (_, code, message, mend) => new CastellanError({ code, message, mend }),
    );
    read.set(raw, parsed);
  }
  return parsed;
}
