import type { EntityJson, UidInput } from '@castellan/policy';

/** A Cedar type in the schema's JSON form, as far as values are made of it. */
interface CedarType {
  readonly type: string;
  readonly name?: string;
  readonly element?: CedarType;
  readonly attributes?: Readonly<Record<string, CedarType & { readonly required?: boolean }>>;
}

interface Action {
  readonly appliesTo?: {
    readonly principalTypes: readonly string[];
    readonly resourceTypes: readonly string[];
    readonly context?: CedarType;
  };
}

/** What of the schema's JSON form probes are made of. */
export interface Namespace {
  readonly entityTypes: Readonly<Record<string, { readonly shape?: CedarType; readonly enum?: readonly string[] }>>;
  readonly actions: Readonly<Record<string, Action>>;
}

/** One question to two policy sets. */
export interface Probe {
  readonly principal: UidInput;
  readonly action: UidInput;
  readonly resource: UidInput;
  readonly context: Readonly<Record<string, unknown>>;
  readonly entities: readonly EntityJson[];
  /** Groups of the principal, to be told. */
  readonly groups: readonly string[];
}

/** What policy texts mention: the values at which their decisions turn. */
export interface Mentions {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
  readonly groups: readonly string[];
}

/** Noon of a fixed day: probes must be the same each time. */
const NOW = Date.parse('2026-01-15T12:00:00Z');
const HOUR = 3_600_000;

export function mentionsOf(sources: readonly string[]): Mentions {
  const text = sources.join('\n').replaceAll(/\/\/[^\n]*/g, '');
  const groups = [...new Set([...text.matchAll(/Group::"([^"\\]*)"/g)].map((match) => match[1] ?? ''))];
  const texts = [
    ...new Set(
      [...text.replaceAll(/[\w:]+::"[^"]*"/g, '').matchAll(/"([^"\\]{0,100})"/g)].map((match) => match[1] ?? ''),
    ),
  ];
  const numbers = [...new Set([...text.matchAll(/(?<![\w."])(\d{1,9})(?![\w"])/g)].map((match) => Number(match[1])))];
  return { texts, numbers: numbers.flatMap((number) => [number - 1, number, number + 1]), groups };
}

/**
 * Questions about one action: callers in some of the groups that the policies mention, resources and contexts of the
 * schema's types whose values are those that the policies mention, the caller's own, and others.
 * @param random from 0 to 1
 */
export function* probesOf(
  name: string,
  namespace: Namespace,
  mentions: Mentions,
  number: number,
  random: () => number,
): Generator<Probe> {
  const applies = namespace.actions[name]?.appliesTo;
  if (applies === undefined) return;
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const ids = ['ada', 'bob', 'eve'];
  const value = (type: CedarType): unknown => {
    switch (type.type) {
      case 'String':
        return pick([...mentions.texts, ...ids, 'something']);
      case 'Long':
        return pick([...mentions.numbers, 0, 1, 100]);
      case 'Boolean':
        return random() < 0.5;
      case 'Set':
        return type.element === undefined
          ? []
          : Array.from({ length: Math.floor(random() * 3) }, () => value(type.element as CedarType));
      case 'Record':
        return record(type);
      case 'Entity':
        return {
          __entity: {
            type: type.name ?? '',
            id: type.name === 'Group' ? (pick(mentions.groups) ?? 'some') : pick(ids),
          },
        };
      case 'Extension':
        return { __extn: extension(type.name ?? '') };
      default:
        return pick(ids);
    }
  };
  const extension = (kind: string): { readonly fn: string; readonly arg: string } => {
    if (kind === 'datetime')
      return {
        fn: 'datetime',
        arg: new Date(NOW + (pick([-1000, -100, -79, -77, -25, -1, 0, 1]) ?? 0) * HOUR).toISOString(),
      };
    if (kind === 'duration') return { fn: 'duration', arg: pick(['1h', '24h', '78h']) ?? '1h' };
    if (kind === 'ipaddr') return { fn: 'ip', arg: pick(['10.0.0.1', '203.0.113.7']) ?? '10.0.0.1' };
    return { fn: kind, arg: '1.0' };
  };
  const record = (type: CedarType | undefined): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(type?.attributes ?? {})
        .filter(([, attribute]) => attribute.required !== false || random() < 0.7)
        .map(([key, attribute]) => [key, value(attribute)]),
    );
  for (let n = 0; n < number; n++) {
    const groups = mentions.groups.filter(() => random() < 0.4);
    const principal = { type: pick(applies.principalTypes) ?? 'User', id: 'ada' };
    const resource = { type: pick(applies.resourceTypes) ?? '', id: pick(['one', 'ada']) ?? 'one' };
    const shape = (type: string): Record<string, unknown> => record(namespace.entityTypes[type]?.shape);
    const members = (names: readonly string[]) => names.map((id) => ({ type: 'Group', id }));
    const entities: EntityJson[] = [
      { uid: principal, attrs: shape(principal.type), parents: principal.type === 'User' ? members(groups) : [] },
      { uid: { type: 'User', id: 'bob' }, attrs: shape('User'), parents: members(mentions.groups) },
      { uid: { type: 'User', id: 'eve' }, attrs: shape('User'), parents: [] },
      { uid: resource, attrs: shape(resource.type), parents: [] },
    ];
    const known = new Map(entities.map((entity) => [JSON.stringify(entity.uid), entity]));
    const context = record(applies.context);
    if (applies.context?.attributes?.['now'] !== undefined)
      context['now'] = { __extn: { fn: 'datetime', arg: new Date(NOW).toISOString() } };
    yield { principal, action: { type: 'Action', id: name }, resource, context, entities: [...known.values()], groups };
  }
}
