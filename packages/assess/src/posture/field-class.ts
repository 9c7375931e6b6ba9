import { castellanOf, type Sensitivity } from '@castellan/contract';
import {
  classifyName,
  type DataClass,
  OF_WHERE_PEOPLE_ARE,
  PEOPLE,
  plain,
  segmentsOf,
  wordsOf,
} from '@castellan/meaning';
import type { Field } from './fields.ts';
import { mayBeText } from './text-value.ts';

/** The class of data that a field holds: as `x-castellan.sensitivity` says, or by its name where its value could be such data. */
export function classify(field: Field): DataClass | undefined {
  const said = sensitivityOf(field);
  // A mark says how much harm there is; the name still tells a telephone number from a diagnosis.
  if (said === 'personal') return classifyName(field.name) ?? 'personal';
  if (said !== undefined) return bySensitivity[said];
  if (field.kind === 'body' || field.kind === 'map' || field.kind === 'header' || field.name === '') return undefined;
  const data = classNamed(field);
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

/** The class that a field's name says; none for the coordinates of shops, postcodes and weather, where nobody is. */
export function classNamed(field: Field): DataClass | undefined {
  return /^(?:latitude|longitude|geolocation|gpscoordinates)$/.test(plain(field.name)) && isOfPlace(field)
    ? undefined
    : classifyName(field.name);
}

/** Whether nothing around coordinates says that a person, or what a person carries, is there. */
function isOfPlace({ owner, operations }: Field): boolean {
  const beside = owner?.fields ?? [];
  return !(
    isOfPeople(wordsOf(owner?.name ?? '')) ||
    beside.some(({ name }) => classifyName(name) === 'contact' || isOfPeople(wordsOf(name))) ||
    operations.some(({ path }) => isOfPeople(segmentsOf(path).flatMap(wordsOf)))
  );
}

/** `api` and `v1` stand in paths of everything. */
function isOfPeople(words: readonly string[]): boolean {
  const said = words.filter((word) => !/^(?:api|rest|public|auth|v\d+)$/.test(word));
  return PEOPLE.hasAny(said) || OF_WHERE_PEOPLE_ARE.hasAny(said);
}
