import type { Slot } from './query.ts';

/** What a slot holds after one more value: lists grow in place, so that many values cost no more than each of them. */
export function appended(known: Slot, value: string): Slot {
  if (known === undefined) return value;
  if (!Array.isArray(known)) return [known as string, value];
  (known as string[]).push(value);
  return known;
}

/** Adds a value to a property of the object that a slot holds. */
export function addProperty(slots: Slot[], slot: number, name: string, value: string): void {
  const known = slots[slot];
  const properties = (known instanceof Map ? known : new Map()) as Map<string, string | string[]>;
  const before = properties.get(name);
  if (Array.isArray(before)) before.push(value);
  else properties.set(name, before === undefined ? value : [before, value]);
  slots[slot] = properties;
}
