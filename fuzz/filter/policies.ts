// Random policies on documents, many of which err on some of them.
import type { Random } from '../policy/random.ts';
import { texts, times } from './world.ts';

const literal = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const text = (random: Random): string =>
  random.chance(0.6)
    ? literal(random.pick(texts))
    : random.pick(['resource.title', 'resource.approval.tag', 'principal.name']);
const time = (random: Random): string =>
  random.pick([
    `datetime("${random.pick(times)}")`,
    'context.now',
    'resource.due',
    'resource.until',
    'resource.approval.at',
    'resource.approval.at.offset(duration("78h"))',
    'resource.due.offset(duration("-1ms"))',
    'context.now.offset(duration("-78h"))',
  ]);
const span = (random: Random): string =>
  random.pick([
    'context.now.durationSince(resource.approval.at)',
    'resource.due.durationSince(context.now)',
    'resource.until.durationSince(resource.due)',
  ]);
const long = (random: Random): string =>
  random.pick([
    `(${random.below(7) - 3})`,
    'resource.size',
    'resource.spent',
    'context.limit',
    'principal.level',
    '(resource.spent + resource.size)',
    '(resource.size * 2)',
    '(resource.size - 9223372036854775807)',
    '(resource.spent - 1)',
    '(-resource.spent)',
    '(resource.spent * resource.size)',
  ]);
const user = (random: Random): string =>
  random.pick([
    'resource.owner',
    'resource.approval.by',
    'resource.folder.owner',
    'principal',
    'User::"bob"',
    'Group::"staff"',
  ]);
const org = (random: Random): string => random.pick(['resource.org', 'resource.folder.org', 'Org::"acme"']);
const group = (random: Random): string =>
  random.pick(['Group::"staff"', 'Group::"all"', 'Group::"ring"', 'Org::"acme"', '[Group::"leads", User::"eve"]']);

const fixed = [
  'true',
  'false',
  'resource.open',
  'resource.open == true',
  'resource.open != (resource.size > 0)',
  'resource has open',
  'resource has owner',
  'resource has approval',
  'resource has approval.by',
  'resource has due',
  'resource.approval has at',
  'resource has folder.owner',
  'resource.folder has locked',
  'resource.folder.locked',
  'resource in Folder::"f1"',
  'resource in Folder::"f4"',
  'resource in [Folder::"f2", Document::"d2"]',
  'resource.folder in Folder::"f1"',
  'resource.folder == Folder::"f3"',
  'resource == Document::"d1"',
  'resource is Document',
  'resource is Document in Folder::"f2"',
  'resource.owner is User',
  'resource.owner is User in Group::"all"',
  'principal in resource.team',
  'principal in resource.folder.readers',
  'principal in resource.shares',
  'principal in [resource.owner, resource.team]',
  'resource.shares.contains(principal)',
  'resource.shares.contains(resource.owner)',
  'resource.shares.isEmpty()',
  'resource.folder.readers.contains(resource.team)',
  'resource.folder.readers.isEmpty()',
  'resource.folder.readers.containsAll([Group::"ring", Group::"all"])',
  'resource.shares.containsAny([principal, User::"eve"])',
  '[principal, User::"eve"].containsAny(resource.shares)',
  'resource.title like "*a*"',
  'resource.title like "100%"',
  'resource.title like "a_*"',
  'resource.title like "a\\*b"',
  'resource.title like "x[*"',
  'resource.title like "READY"',
  'resource.approval.tag like "r*y"',
  'resource.title like "*\\\\*"',
  'resource.labels.contains("ready")',
  'resource.labels.contains(resource.title)',
  'resource.labels.isEmpty()',
  'resource.labels.containsAny(["ready", "100%"])',
  'resource.labels.containsAll(["a_b", "ready"])',
  'resource.labels.containsAll([])',
  '["ready", "draft"].contains(resource.approval.tag)',
  '[resource.title, "draft"].contains(resource.approval.tag)',
  'resource.price.lessThan(decimal("1.5"))',
  'resource.price == decimal("100.00")',
  'resource.price.greaterThanOrEqual(decimal("-0.25"))',
  'principal.orgs.contains(resource.org)',
  'resource.org in principal.orgs',
  'principal.grants.contains({ org: resource.org, role: "admin" })',
  'principal.grants.contains({ org: resource.folder.org, role: "reader" })',
  '{ a: resource.title, b: 1 } == { a: "ready", b: 1 }',
  '(if principal has name then resource.owner else resource.approval.by) == principal',
  '(if resource.open then resource.size > 0 else resource has due) == true',
] as const satisfies readonly [string, ...string[]];

function atom(random: Random): string {
  switch (random.below(14)) {
    case 0:
      return `${text(random)} ${random.pick(['==', '!='])} ${text(random)}`;
    case 1:
      return `${long(random)} ${random.pick(['<', '<=', '>', '>=', '==', '!='])} ${long(random)}`;
    case 2:
    case 3:
      return `${time(random)} ${random.pick(['<', '<=', '>', '>=', '=='])} ${time(random)}`;
    case 4:
      return `${span(random)} ${random.pick(['<', '<=', '>', '>=', '=='])} duration("${random.pick(['78h', '0ms', '-78h1ms'])}")`;
    case 5:
      return `${user(random)} ${random.pick(['==', '!='])} ${user(random)}`;
    case 6:
      return `${user(random)} in ${group(random)}`;
    case 7:
      return `${org(random)} ${random.pick(['==', '!='])} ${org(random)}`;
    default:
      return random.pick(fixed);
  }
}

function condition(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.25)) return atom(random);
  const next = (): string => condition(random, depth - 1);
  switch (random.below(6)) {
    case 0:
    case 1:
      return `(${next()}) && (${next()})`;
    case 2:
    case 3:
      return `(${next()}) || (${next()})`;
    case 4:
      return `!(${next()})`;
    default:
      return `if (${next()}) then (${next()}) else (${next()})`;
  }
}

/** One to three policies. */
export function policies(random: Random): string {
  const one = (): string => {
    const effect = random.pick(['permit', 'permit', 'forbid']);
    const who = random.pick(['principal', 'principal', 'principal in Group::"staff"', 'principal == User::"eve"']);
    const what = random.pick([
      'resource',
      'resource',
      'resource is Document',
      'resource == Document::"d0"',
      'resource in Folder::"f1"',
      'resource is Document in Folder::"f2"',
    ]);
    const body = condition(random, random.pick([0, 1, 1, 2, 3]));
    return `${effect} (${who}, action == Action::"view", ${what}) ${random.pick(['when', 'when', 'unless'])} { ${body} };`;
  };
  return [one(), ...random.list(2, one)].join('\n');
}
