import { escapePointer, type Contract, type Encoding, type MediaType, type Parameter } from '@castellan/contract';
import { isRaw } from '../posture/constraint.ts';
import { isPrivilege } from './bounds.ts';
import type { Change } from './change.ts';
import { digestOf } from './digest.ts';
import { plainType } from './flatten.ts';
import type { OperationPair } from './operations.ts';

/** How parameters and parts of forms are written, and what is taken where nothing is sent. */
export function* parameterChanges(pair: OperationPair, before: Contract, after: Contract): Generator<Change> {
  const { before: old, after: now, name } = pair;
  if (old === undefined || now === undefined) return;
  const known = new Map(old.parameters.map((one) => [keyOf(one, old.path), one]));
  for (const is of now.parameters) {
    const was = known.get(keyOf(is, now.path));
    if (was === undefined) continue;
    const what = `${is.in}.${is.name}`;
    const about = { operation: name, place: after.place(is.location) };
    const how = ({ style, explode, content }: Parameter): string =>
      content === undefined ? `style ${style}${explode ? ', exploded' : ''}` : plainType(content.type);
    if (matters(was, is) && how(was) !== how(is))
      yield {
        kind: 'breaking',
        code: 'parameter-style-changed',
        severity: 'medium',
        message: `${name}: ${what} was written as ${how(was)} and is as ${how(is)}`,
        ...about,
      };
    if (!was.allowEmptyValue && is.allowEmptyValue)
      yield {
        kind: 'security',
        code: 'empty-value-taken',
        severity: 'low',
        message: `${name}: ${what} may be empty now`,
        ...about,
      };
    if (!was.allowReserved && is.allowReserved)
      yield {
        kind: 'security',
        code: 'reserved-characters-taken',
        severity: 'low',
        message: `${name}: ${what} may hold reserved characters as they are now`,
        ...about,
      };
    const widened =
      was.castellan.url !== undefined && JSON.stringify(was.castellan.url) !== JSON.stringify(is.castellan.url);
    if (widened)
      yield {
        kind: 'security',
        code: 'url-restriction-weakened',
        severity: is.castellan.url === undefined ? 'high' : 'medium',
        message: `${name}: ${what}: the restriction of its URL ${is.castellan.url === undefined ? 'is gone' : 'changed'}`,
        ...about,
      };
    yield* defaultChange(name, what, is.name, rawOf(was.schema?.raw), rawOf(is.schema?.raw), about);
  }
  for (const media of now.body?.content ?? []) {
    const was = old.body?.content.find(({ type }) => plainType(type) === plainType(media.type));
    if (was !== undefined) yield* encodingChanges(name, was, media, before, after);
  }
}

/** Path parameters may be renamed. */
function keyOf(parameter: Parameter, path: string): string {
  return parameter.in === 'path'
    ? `path ${path.split('/').findIndex((part) => part.includes(`{${parameter.name}}`))}`
    : `${parameter.in} ${parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name}`;
}

/** Whether style and explode say anything: of one text they do not. */
function matters(old: Parameter, now: Parameter): boolean {
  const plural = ({ schema, content }: Parameter): boolean => {
    const raw = rawOf(schema?.raw);
    if (content !== undefined) return true;
    const type = raw['type'];
    const types: readonly unknown[] = Array.isArray(type) ? type : [type];
    return (
      types.includes('array') ||
      types.includes('object') ||
      type === undefined ||
      raw['items'] !== undefined ||
      raw['properties'] !== undefined
    );
  };
  const pathStyle = (one: Parameter): boolean => one.style === 'matrix' || one.style === 'label';
  return plural(old) || plural(now) || pathStyle(old) || pathStyle(now);
}

function rawOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
}

/** What is taken where nothing is sent. */
export function* defaultChange(
  name: string,
  what: string,
  property: string,
  old: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
  about: Pick<Change, 'operation' | 'place'>,
): Generator<Change> {
  const [was, is] = [JSON.stringify(old['default']), JSON.stringify(now['default'])];
  if (was === is) return;
  const decides = isPrivilege(property);
  yield {
    kind: decides ? 'security' : 'compatible',
    code: 'default-changed',
    severity: decides ? 'medium' : 'info',
    message: `${name}: ${what}: the default was ${was ?? 'none'} and is ${is ?? 'none'}`,
    ...about,
  };
}

/** How parts of forms are written. */
function* encodingChanges(
  name: string,
  old: MediaType,
  now: MediaType,
  before: Contract,
  after: Contract,
): Generator<Change> {
  for (const part of new Set([...old.encoding.keys(), ...now.encoding.keys()])) {
    const [was, is] = [old.encoding.get(part), now.encoding.get(part)];
    const about = { operation: name, place: after.place(now.location) };
    if (was?.contentType !== is?.contentType) {
      const types = (one: Encoding | undefined): readonly string[] =>
        (one?.contentType ?? '*/*').split(',').map((type) => plainType(type));
      const more = types(is).filter((type) => !types(was).includes(type) && !types(was).includes('*/*'));
      yield {
        kind: more.length > 0 ? 'security' : 'breaking',
        code: more.length > 0 ? 'media-type-accepted' : 'media-type-refused',
        severity: 'medium',
        message: `${name}: the part ${part} was ${was?.contentType ?? 'of any type'} and is ${is?.contentType ?? 'of any type'}`,
        ...about,
      };
    }
    if (headersOf(before, old, part) !== headersOf(after, now, part))
      yield {
        kind: 'security',
        code: 'not-judged',
        severity: 'medium',
        message: `${name}: the header fields of the part ${part} changed and could not be judged`,
        ...about,
      };
    if (styleOf(was) !== styleOf(is))
      yield {
        kind: 'breaking',
        code: 'parameter-style-changed',
        severity: 'medium',
        message: `${name}: the part ${part} is written otherwise now`,
        ...about,
      };
  }
}

function styleOf(encoding: Encoding | undefined): string {
  return `${encoding?.style ?? 'form'} ${encoding?.explode ?? 'default'} ${encoding?.allowReserved ?? false}`;
}

/** What a document says of a part's header fields. */
function headersOf(contract: Contract, { location }: MediaType, part: string): string {
  const { document, pointer } = location;
  const at = { document, pointer: `${pointer}/encoding/${escapePointer(part)}` };
  const written: unknown = contract.at(at);
  const headers: unknown = isRaw(written) ? written['headers'] : undefined;
  return isRaw(headers) ? digestOf(contract, { raw: headers, location: under(at, 'headers') }) : '';
}

function under({ document, pointer }: MediaType['location'], key: string): MediaType['location'] {
  return { document, pointer: `${pointer}/${key}` };
}
