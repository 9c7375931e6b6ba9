import { nearest, type SecurityScheme } from '@castellan/contract';
import { badOption, isObject, knownNames, someOf, text } from '../../configuration/reader.ts';
import { presets } from './index.ts';
import type { Preset } from './preset.ts';

const byName: ReadonlyMap<string, Preset> = new Map(presets.map((preset) => [preset.name, preset]));

/** Names of all parameters, for who reads names only. */
export const presetMembers: readonly string[] = [
  'preset',
  ...new Set(presets.flatMap(({ parameters }) => Object.keys(parameters))),
];

/**
 * The entry that a preset stands for, with what stands beside it in place of its own.
 * @param members of a token entry, which may stand beside it
 * @throws CastellanError `bad-option`, `unknown-option`
 */
export function expandPreset(
  scheme: SecurityScheme,
  given: Readonly<Record<string, unknown>>,
  where: string,
  members: readonly string[],
): Readonly<Record<string, unknown>> {
  if (given['preset'] === undefined) return given;
  const preset = presetOf(given['preset'], `${where}.preset`);
  const names = Object.keys(preset.parameters);
  knownNames(given, where, ['preset', ...names, ...members]);
  const values = new Map<string, string | readonly string[]>();
  for (const name of names) {
    if (given[name] === undefined)
      throw badOption(
        `${where}.${name}`,
        `is missing: ${preset.parameters[name]}`,
        `add ${name}, such as ${String(preset.example[name])}`,
      );
    const [first, ...more] = someOf(text)(given[name], `${where}.${name}`);
    values.set(name, more.length === 0 && first !== undefined ? first : someOf(text)(given[name], `${where}.${name}`));
  }
  const own = Object.entries(preset.entry).map(([name, value]) => [name, filled(value, values, where)] as const);
  const beside = Object.entries(given).filter(([name]) => name !== 'preset' && !names.includes(name));
  const entry = Object.fromEntries([...own, ...beside]) as Record<string, unknown>;
  // The document says where an API key is.
  if (scheme.type === 'apiKey' && given['from'] === undefined) delete entry['from'];
  return entry;
}

function presetOf(name: unknown, where: string): Preset {
  const preset = typeof name === 'string' ? byName.get(name) : undefined;
  if (preset !== undefined) return preset;
  const near = typeof name === 'string' ? nearest(name, [...byName.keys()]) : undefined;
  throw badOption(
    where,
    'is no preset',
    near === undefined ? `write one of ${[...byName.keys()].join(', ')}` : `did you mean ${near}?`,
  );
}

/** A value with its parameters in their places. A place that is the whole text may be filled with a list. */
function filled(value: unknown, values: ReadonlyMap<string, string | readonly string[]>, where: string): unknown {
  if (Array.isArray(value)) return value.map((one) => filled(one, values, where));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner, values, where)]));
  if (typeof value !== 'string') return value;
  const whole = /^\{([a-z]+)\}$/.exec(value)?.[1];
  if (whole !== undefined && values.has(whole)) return values.get(whole);
  return value.replaceAll(/\{([a-z]+)\}/g, (place, name: string) => {
    const found = values.get(name);
    if (found === undefined) return place;
    if (typeof found !== 'string')
      throw badOption(`${where}.${name}`, 'is a list', 'write one; for several, list the entry for each');
    return value.startsWith('/') ? found.replaceAll('~', '~0').replaceAll('/', '~1') : found.replace(/\/+$/, '');
  });
}
