import { castellanOf, type Sensitivity } from '@castellan/contract';
import { classifyName, type DataClass } from '@castellan/meaning';
import type { Field } from './fields.ts';
import { mayBeText } from './text-value.ts';

/** The class of data that a field holds: as `x-castellan.sensitivity` says, or by its name where its value could be such data. */
export function classify(field: Field): DataClass | undefined {
  const said = sensitivityOf(field);
  // A mark says how much harm there is; the name still tells a telephone number from a diagnosis.
  if (said === 'personal') return classifyName(field.name) ?? 'personal';
  if (said !== undefined) return bySensitivity[said];
  if (field.kind === 'body' || field.kind === 'map' || field.kind === 'header' || field.name === '') return undefined;
  const data = classifyName(field.name);
  return data !== undefined && mayBeText(field) ? data : undefined;
}

const bySensitivity: Readonly<Record<Sensitivity, DataClass | undefined>> = {
  public: undefined,
  internal: undefined,
  confidential: 'personal',
  personal: 'personal',
  secret: 'secret',
};

/** `x-castellan.sensitivity` of a field, or of the schema behind its reference. */
export function sensitivityOf(field: Field): Sensitivity | undefined {
  return (
    field.parameter?.castellan.sensitivity ??
    castellanOf(field.node.raw).sensitivity ??
    (field.target.raw === field.node.raw ? undefined : castellanOf(field.target.raw).sensitivity)
  );
}
