import type { Contract, ContextType } from '@castellan/contract';
import type { CedarType } from './json-type.ts';

const types: Readonly<Record<ContextType, CedarType>> = {
  string: { type: 'String' },
  integer: { type: 'Long' },
  number: { type: 'Extension', name: 'decimal' },
  boolean: { type: 'Boolean' },
  'date-time': { type: 'Extension', name: 'datetime' },
  ip: { type: 'Extension', name: 'ipaddr' },
  strings: { type: 'Set', element: { type: 'String' } },
};

/**
 * What the application tells policies of each request (`x-castellan.context`), all optional, and the time as clocks show it
 * (`x-castellan.zone`): `local.weekday` is 1 on Mondays and 7 on Sundays.
 */
export function applicationContext({ castellan }: Contract): Record<string, CedarType & { required?: boolean }> {
  const own = Object.entries(castellan.context ?? {}).map(([name, type]) => [
    name,
    { ...types[type], required: false },
  ]);
  const long = { type: 'Long' } as const;
  const local = { weekday: long, hour: long, minute: long, date: { type: 'String' } as const };
  return {
    ...(Object.fromEntries(own) as Record<string, CedarType & { required: false }>),
    ...(castellan.zone === undefined ? {} : { local: { type: 'Record', attributes: local } }),
  };
}
