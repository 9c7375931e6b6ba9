import type { CedarRecordType, CedarType } from './json-type.ts';

type Attribute = CedarType & { readonly required?: boolean };

/**
 * The attributes of all records. One that several have is required where all that have it require it: an object that says
 * less then errs, and grants nothing. One on which they disagree is left out, so that no policy can rely on either.
 * @param conflict is told of those
 */
export function unite(records: readonly CedarRecordType[], conflict: (name: string) => void): CedarRecordType {
  const attributes = new Map<string, Attribute>();
  const conflicts = new Set<string>();
  for (const record of records)
    for (const [name, type] of Object.entries(record.attributes)) {
      const known = attributes.get(name);
      const both = known === undefined ? type : uniteTypes(known, type, conflict);
      if (both === undefined) conflicts.add(name);
      else if (known === undefined || (known.required !== false && type.required !== false))
        attributes.set(name, known === undefined ? type : both);
      else attributes.set(name, { ...both, required: false });
    }
  for (const name of conflicts) {
    attributes.delete(name);
    conflict(name);
  }
  return { type: 'Record', attributes: Object.fromEntries(attributes) };
}

/** What two types have in common; undefined where nothing fits both. */
export function uniteTypes(one: CedarType, other: CedarType, conflict: (name: string) => void): CedarType | undefined {
  if (one.type === 'Record' && other.type === 'Record') return unite([one, other], conflict);
  if (one.type === 'Set' && other.type === 'Set') {
    const element = uniteTypes(one.element, other.element, conflict);
    return element === undefined ? undefined : { type: 'Set', element };
  }
  // One schema says which objects an id is of, the other that it is a text or a number.
  if (one.type === 'Entity' && isId(other)) return one;
  if (other.type === 'Entity' && isId(one)) return other;
  const nameOf = (type: CedarType) => ('name' in type ? `${type.type} ${type.name}` : type.type);
  return nameOf(one) === nameOf(other) ? one : undefined;
}

const isId = ({ type }: CedarType) => type === 'String' || type === 'Long';
