import { isTypeName } from '../load/name.ts';

const taken = new Set([
  'Bool',
  'Boolean',
  'Long',
  'String',
  'Set',
  'Record',
  'Entity',
  'Extension',
  'EntityOrCommon',
  'Action',
  'decimal',
  'ipaddr',
  'datetime',
  'duration',
]);

/** A resource's type as the name of a Cedar entity type: `full-repository` becomes `full_repository`. */
export function entityTypeName(type: string): string {
  const name = type.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)|^$/, '_');
  return taken.has(name) || !isTypeName(name) || name.startsWith('__cedar') ? `${name}_` : name;
}
