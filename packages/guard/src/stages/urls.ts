import {
  compileResourceAccess,
  escapePointer,
  isSequence,
  locateObject,
  type Findings,
  type Issue,
  type Operation,
  type Schema,
} from '@castellan/contract';
import { arrivesInItems } from '../authorize/body-looks.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from '../stage.ts';
import { addTexts, checks, type FindUrls, type FoundUrl } from '../urls/find.ts';
import { compilePatchUrls } from '../urls/patch.ts';
import { compileUrlCheck } from '../urls/restriction.ts';

/** What an answer names at most. */
const maxErrors = 20;

/** URLs that the API will fetch or send callers to lead only where the contract says (`x-castellan.url`, OWASP API7:2023). */
export const urls: Stage = {
  name: 'validate',
  controls: () => ['url-restriction'],
  compile(core, operation) {
    const finders = findersOf(core, operation);
    if (finders.length === 0) return undefined;
    return (exchange) => {
      const found: FoundUrl[] = [];
      for (const find of finders) if (!find(exchange, found)) return { type: 'invalid-request', reason: 'too-deep' };
      const errors: Issue[] = [];
      for (const { text, check, pointer } of found) {
        const problem = check(text);
        if (problem === undefined) continue;
        errors.push({ pointer: pointer(), keyword: 'url', ...problem });
        if (errors.length === maxErrors) break;
      }
      return errors.length === 0 ? undefined : { type: 'invalid-request', reason: 'url', errors };
    };
  },
};

function findersOf(core: GuardCore, operation: Operation): readonly FindUrls[] {
  const finders: FindUrls[] = [];
  for (const { type, schema, itemSchema } of operation.body?.content ?? []) {
    const isOfItems = isSequence(type);
    const whole = finder(core, schema, (exchange) => ({ body: exchange.value }), 'body', '');
    if (whole !== undefined)
      finders.push(
        (exchange, found) => (isOfItems !== arrivesInItems(exchange) && !type.includes('*')) || whole(exchange, found),
      );
    const items = itemFinder(core, itemSchema ?? (isOfItems ? schema : undefined));
    if (items !== undefined) finders.push(items);
  }
  for (const { in: place, name, schema, content, castellan } of operation.parameters) {
    const key = place === 'header' ? name.toLowerCase() : name;
    const pointer = `/${place}`;
    const valuesOf = ({ parameters }: Exchange): Readonly<Record<string, unknown>> =>
      place === 'querystring' ? { [key]: parameters.query } : parameters[place];
    const find = finder(core, schema ?? content?.schema, valuesOf, key, pointer);
    if (find !== undefined) finders.push(find);
    if (castellan.url === undefined) continue;
    const check = compileUrlCheck(castellan.url);
    finders.push((exchange, found) => {
      addTexts(found, valuesOf(exchange)[key], check, () => `${pointer}/${escapePointer(name)}`);
      return true;
    });
  }
  const patch = compilePatchUrls(core, operation);
  if (patch !== undefined) finders.push(patch);
  return finders;
}

function finder(
  core: GuardCore,
  schema: Schema | undefined,
  holderOf: (exchange: Exchange) => Readonly<Record<string, unknown>>,
  key: string,
  above: string,
): FindUrls | undefined {
  const access = schema === undefined ? undefined : urlAccess(core, schema);
  if (access === undefined) return undefined;
  const checkOf = checks();
  return (exchange, found) => {
    const findings: Findings = { resources: [], properties: [] };
    const holder = holderOf(exchange);
    if (!access.visitIn(holder, key, findings)) return false;
    const root = above === '' ? '' : `${above}/${escapePointer(key)}`;
    addFound(found, findings, checkOf, (inner, name) =>
      inner === holder ? root : `${root}${locateObject(holder[key], inner) ?? ''}/${escapePointer(name)}`,
    );
    return true;
  };
}

/** The items of a sequence that a caller sends. */
function itemFinder(core: GuardCore, schema: Schema | undefined): FindUrls | undefined {
  const access = schema === undefined ? undefined : urlAccess(core, schema);
  if (access === undefined) return undefined;
  const checkOf = checks();
  return (exchange, found) => {
    if (!Array.isArray(exchange.value) || !arrivesInItems(exchange)) return true;
    const list: readonly unknown[] = exchange.value;
    const findings: Findings = { resources: [], properties: [] };
    if (!access.visitItems(list, findings)) return false;
    addFound(found, findings, checkOf, (inner, name) => `${locateObject(list, inner) ?? ''}/${escapePointer(name)}`);
    return true;
  };
}

function addFound(
  found: FoundUrl[],
  { properties }: Findings,
  checkOf: ReturnType<typeof checks>,
  pointerOf: (holder: object, name: string) => string,
): void {
  for (const { rule, holder } of properties)
    if (rule.url !== undefined)
      addTexts(found, (holder as Record<string, unknown>)[rule.name], checkOf(rule.url), () =>
        pointerOf(holder, rule.name),
      );
}

function urlAccess(core: GuardCore, schema: Schema): ReturnType<typeof compileResourceAccess> {
  return compileResourceAccess(core.contract, schema, 'request', { resources: false, rules: 'url' });
}
