// Random Cedar expressions: of the type asked for most of the time, of another now and then.
import type { Random } from './random.ts';
import { actions, extensionText, longs, names, strings, types, uids, type Type } from './values.ts';

/** A random expression in Cedar's text form. */
export function expression(random: Random, wanted: Type, depth: number): string {
  const type = random.chance(0.04) ? random.pick(types) : wanted;
  if (depth <= 0) return leaf(random, type);
  const of = (kind: Type) => expression(random, kind, depth - 1);
  if (random.chance(0.06)) return `(if ${of('bool')} then ${of(type)} else ${of(type)})`;
  if (random.chance(0.12)) return attribute(random, type, depth);
  if (random.chance(0.04))
    return `${of('entity')}.getTag(${random.chance(0.9) ? quote(random.pick(names)) : of('string')})`;
  return random.chance(0.25) ? leaf(random, type) : operation(random, type, of);
}

function operation(random: Random, type: Type, of: (kind: Type) => string): string {
  switch (type) {
    case 'bool':
      return test(random, of);
    case 'long':
      return random.pick([
        () => `(${of('long')} + ${of('long')})`,
        () => `(${of('long')} - ${of('long')})`,
        () => `(${of('long')} * ${of('long')})`,
        () => `(-${of('long')})`,
        () => `${of('duration')}.${random.pick(['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'])}()`,
      ])();
    case 'set':
      return `[${random.list(3, () => of(random.pick(types))).join(', ')}]`;
    case 'record':
      return record(random, of);
    case 'datetime':
      return random.pick([() => `${of('datetime')}.offset(${of('duration')})`, () => `${of('datetime')}.toDate()`])();
    case 'duration':
      return random.pick([
        () => `${of('datetime')}.durationSince(${of('datetime')})`,
        () => `${of('datetime')}.toTime()`,
      ])();
    default:
      return leaf(random, type);
  }
}

function record(random: Random, of: (kind: Type) => string): string {
  const fields = new Map(random.list(3, () => [random.pick(names), of(random.pick(types))] as const));
  return `{${[...fields].map(([name, value]) => `${quote(name)}: ${value}`).join(', ')}}`;
}

function test(random: Random, of: (kind: Type) => string): string {
  const any = () => random.pick(types);
  return random.pick([
    () => `(${of('bool')} && ${of('bool')})`,
    () => `(${of('bool')} && ${of('bool')})`,
    () => `(${of('bool')} || ${of('bool')})`,
    () => `(!${of('bool')})`,
    () => equality(random, of, any()),
    () => equality(random, of, any()),
    () => `(${order(random, of)})`,
    () => `(${order(random, of)})`,
    () => `(${of('entity')} in ${of('entity')})`,
    () =>
      `(${of('entity')} in ${random.chance(0.7) ? `[${random.list(3, () => of('entity')).join(', ')}]` : of('set')})`,
    () => `(${of('entity')} is ${random.pick(['U', 'G', 'N::R'])})`,
    () => `(${of('entity')} is ${random.pick(['U', 'G', 'N::R'])} in ${of('entity')})`,
    () => `(${of(random.pick(['entity', 'record']))} has ${path(random)})`,
    () => `(${of(random.pick(['entity', 'record']))} has ${path(random)})`,
    () => `(${of('string')} like ${pattern(random)})`,
    () => `${of('set')}.contains(${of(any())})`,
    () => `${of('set')}.${random.pick(['containsAll', 'containsAny'])}(${of('set')})`,
    () => `${of('set')}.isEmpty()`,
    () => `${of('entity')}.hasTag(${random.chance(0.9) ? quote(random.pick(names)) : of('string')})`,
    () =>
      `${of('decimal')}.${random.pick(['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'])}(${of('decimal')})`,
    () => `${of('ip')}.${random.pick(['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast'])}()`,
    () => `${of('ip')}.isInRange(${of('ip')})`,
  ])();
}

function equality(random: Random, of: (kind: Type) => string, type: Type): string {
  return `(${of(type)} ${random.pick(['==', '!='])} ${of(type)})`;
}

function order(random: Random, of: (kind: Type) => string): string {
  const type = random.pick(['long', 'long', 'datetime', 'duration'] as const);
  return `${of(type)} ${random.pick(['<', '<=', '>', '>='])} ${of(type)}`;
}

function path(random: Random): string {
  if (random.chance(0.7)) return quote(random.pick(names));
  return ['record', ...random.list(2, () => random.pick(['record', 'long', 'string', 'entity']))].join('.');
}

function pattern(random: Random): string {
  const parts = random.list(4, () => random.pick(['*', '*', '\\*', 'a', 'b', 'ab', 'é', '😀', '\\\\']));
  return `"${parts.join('')}"`;
}

function attribute(random: Random, type: Type, depth: number): string {
  const holder = expression(random, random.pick(['entity', 'record'] as const), depth - 1);
  return access(holder, random.chance(0.9) ? type : random.pick(names));
}

function access(holder: string, name: string): string {
  return `${holder}[${quote(name)}]`;
}

function leaf(random: Random, type: Type): string {
  if (random.chance(0.35)) return access(random.pick(['principal', 'resource', 'context', 'context']), type);
  switch (type) {
    case 'bool':
      return random.pick(['true', 'false']);
    case 'long':
      return random.pick(longs).replace(/^-.*/, '($&)');
    case 'string':
      return quote(random.pick(strings));
    case 'entity':
      return random.pick(['principal', 'resource', 'principal', 'resource', 'action', ...uids, ...actions]);
    case 'set':
      return random.pick([
        '[]',
        '[1, 2]',
        '["a", 1]',
        '[U::"a", G::"b"]',
        '[[], [1]]',
        '[decimal("1.0"), decimal("1.00")]',
      ]);
    case 'record':
      return random.pick(['context', '{}', '{"long": 1}', '{"record": {"long": 2}}', 'context']);
    default:
      return `${type}(${quote(extensionText(random, type))})`;
  }
}

/** A text as a Cedar literal. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
