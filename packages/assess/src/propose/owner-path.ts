import type { TypeFacts } from './surface.ts';

interface AttributeType {
  readonly type?: string;
  readonly name?: string;
}

/** Whether what holds a nested property is a User itself, so that policies compare it and not its id. */
export function isReference(type: TypeFacts, property: string): boolean {
  const [first = '', second] = property.split('.');
  const attribute = type.attributes.get(first) as AttributeType | undefined;
  return second !== undefined && attribute?.type === 'Entity' && attribute.name === 'User';
}

/** The attributes that lead to the caller's id; none where the object itself is the caller. */
export function pathOfOwner(type: TypeFacts, property: string): readonly string[] {
  if (type.name === 'User' && property === type.id) return [];
  const path = property.split('.');
  return isReference(type, property) ? path.slice(0, 1) : path;
}

/** Whether policies can ask for a property: it is an attribute, or one of a record. */
export function isReadable(type: TypeFacts, property: string): boolean {
  const [first = '', second] = property.split('.');
  const attribute = type.attributes.get(first) as AttributeType | undefined;
  if (attribute === undefined) return false;
  return second === undefined || attribute.type === 'Record' || isReference(type, property);
}
